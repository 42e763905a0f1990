/**
 * What waits when a turn ends, in parts for `POST /api/sync/sealed`: each is a push of its own, sealed, under a stream
 * of its own (protocol S4), so that neither a gap nor a restored server can strand it.
 */
import { byteLength, onWire, PUSH_BYTES, PUSH_COMMANDS, type WireCommand } from '../sync/ask'
import { newNonce } from '../sync/ids'
import type { Left } from '../sync/left'
import { byNumber } from '../sync/queue'
import { seal } from './seal'

/** Seals it all, oldest first. */
export async function sealLeft(left: Left): Promise<string[]> {
  const commands = [...left.waiting].sort(byNumber).map((saved, i) => ({ ...onWire(saved), number: i + 1 }))
  const stream = newNonce()
  const parts: string[] = []
  for (const part of inParts(commands)) {
    const push = { protocol: 1, schema: 1, app: '1.0.0', stream, ack: 0, pending: commands.length, commands: part, cursor: left.cursor, token: left.token, proof: left.proof }
    parts.push(await seal(left.sealTo, push))
  }
  return parts
}

function inParts(commands: readonly WireCommand[]): WireCommand[][] {
  const parts: WireCommand[][] = []
  let bytes = Infinity
  for (const command of commands) {
    const own = byteLength(command)
    if (bytes + own > PUSH_BYTES || parts.at(-1)!.length >= PUSH_COMMANDS) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)!.push(command)
    bytes += own
  }
  return parts
}
