/**
 * Addresses of our own scripts, as `require-trusted-types-for 'script'` wants them.
 */
interface ScriptPolicy {
  createScriptURL(address: string): string
}
interface TrustedTypes {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy
}

/** A TrustedScriptURL for `address`, of a policy that knows no other; the address itself where there is no such thing. */
export function trusted(policy: string, address: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
  if (!types) return address
  const rules: ScriptPolicy = {
    createScriptURL(asked) {
      if (asked !== address) throw new TypeError('not a script of this app')
      return asked
    },
  }
  return types.createPolicy(policy, rules).createScriptURL(address)
}
