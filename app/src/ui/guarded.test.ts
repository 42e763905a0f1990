/** A floor under all screens: what is sent from a tap or a submit goes through the one guard against a second tap. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'svelte/compiler'
import { expect, it } from 'vitest'

type Node = Record<string, any>

const SRC = join(import.meta.dirname, '..')
/** The engine itself, what isn't a screen's, and the register at the door, where the same row is ticked and unticked at once. */
const NOT_SCREENS = /^(sync|sw|words|door)\/|testing\/|\.test\.ts$/
/** What saves a command. The engine itself takes the very same one once at a time: what makes an id is another each time. */
const SAVES = new Set(['send', 'sendFor', 'resend'])

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(svelte|ts)$/.test(name) && !NOT_SCREENS.test(name))
const read = (name: string) => readFileSync(join(SRC, name), 'utf8')
const treeOf = (name: string): Node => parse(name.endsWith('.svelte') ? read(name) : `<script lang="ts">\n${read(name)}\n</script>`, { modern: true }) as Node

function* childrenOf(node: Node): Generator<Node> {
  for (const [key, value] of Object.entries(node)) {
    // A name behind a dot, or before a colon, is no function of the file.
    if (key === 'metadata' || key === 'parent' || (!node.computed && ((node.type === 'MemberExpression' && key === 'property') || (node.type === 'Property' && key === 'key')))) continue
    for (const one of Array.isArray(value) ? value : [value]) if (one && typeof one === 'object' && typeof one.type === 'string') yield one
  }
}

function* within(node: Node, stop: (one: Node) => boolean = () => false): Generator<Node> {
  if (stop(node)) return
  yield node
  for (const child of childrenOf(node)) yield* within(child, stop)
}

const isOnce = (node: Node) => node.type === 'CallExpression' && node.callee.name === 'once'

/** The functions of a file by their names. */
function functionsOf(tree: Node): Map<string, Node> {
  const functions = new Map<string, Node>()
  for (const statement of tree.instance?.content.body ?? []) {
    const one = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (one?.type === 'FunctionDeclaration') functions.set(one.id.name, one.body)
    if (one?.type !== 'VariableDeclaration') continue
    for (const { id, init } of one.declarations) if (id.name && /Function/.test(init?.type) || (init && isOnce(init))) functions.set(id.name, init)
  }
  return functions
}

/** Whether the code at `start` saves a command that a second time makes another, or leads on, with no guard on the way. */
function isBare(start: Node, functions: ReadonlyMap<string, Node>, senders: ReadonlySet<string>): boolean {
  const seen = new Set<Node>()
  let [saves, twice] = [false, false]
  const look = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const one of within(node, isOnce)) {
      if (one.type === 'Identifier' && functions.has(one.name)) look(functions.get(one.name)!)
      if (one.type !== 'CallExpression') continue
      const { name, property, object } = one.callee
      saves ||= senders.has(name) || SAVES.has(property?.name)
      twice ||= senders.has(name) || name === 'newId' || (object?.name === 'router' && property.name === 'go')
    }
  }
  look(start)
  return saves && twice
}

/** What modules offer that saves a command: screens import it by that name. */
function sendersOf(): Set<string> {
  const senders = new Set<string>()
  for (const name of files.filter((one) => one.endsWith('.ts'))) {
    const functions = functionsOf(treeOf(name))
    for (const [offered, body] of functions) if (isBare(body, functions, new Set())) senders.add(offered)
  }
  return senders
}

/** Each screen with its tree. */
const screens = files.filter((name) => name.endsWith('.svelte')).map((name) => ({ name, text: read(name), tree: treeOf(name) }))

it('no command is saved by a tap or a submit that a second one could double', () => {
  const senders = sendersOf()
  const bare: string[] = []
  for (const { name, text, tree } of screens) {
    const functions = functionsOf(tree)
    for (const one of within(tree.fragment)) if (one.type === 'Attribute' && isBare(one, functions, senders)) bare.push(`${name}: ${text.slice(one.start, one.end)}`)
  }
  expect(bare).toEqual([])
})

it('each form but a search goes through the guard', () => {
  const bare: string[] = []
  for (const { name, tree } of screens) {
    const functions = functionsOf(tree)
    for (const form of within(tree.fragment)) {
      if (form.type !== 'RegularElement' || form.name !== 'form' || form.attributes.some((one: Node) => one.name === 'role')) continue
      const handler = form.attributes.find((one: Node) => one.name === 'onsubmit')?.value.expression
      if (!functions.has(handler?.name) || !isOnce(functions.get(handler.name)!)) bare.push(name)
    }
  }
  expect(bare).toEqual([])
})
