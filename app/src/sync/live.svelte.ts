/**
 * Makes the engine's facts reactive in Svelte: read `rows()`, `outbox()`, `status` or `me` through this in a
 * component, and what reads them runs again when, and only when, they change.
 */
import { createSubscriber } from 'svelte/reactivity'
import type { Entry, Kith, Me, Row, Status } from './index'

export class LiveKith {
  #subscribers = new Map<string, () => void>()

  constructor(readonly kith: Kith) {}

  rows(collection: string): ReadonlyMap<string, Row> {
    this.#watch(collection)
    return this.kith.rows(collection)
  }

  audiences(collection: string, id: string): readonly string[] {
    this.#watch(collection)
    return this.kith.audiences(collection, id)
  }

  outbox(): readonly Entry[] {
    this.#watch('@outbox')
    return this.kith.outbox()
  }

  get status(): Status {
    this.#watch('@status')
    return this.kith.status
  }

  get me(): Me | null {
    this.#watch('@me')
    return this.kith.me
  }

  /** A device-only fact, under the key that it was set with. */
  local(key: string): any {
    this.#watch(`@local/${key}`)
    return this.kith.local.get(key)
  }

  /** One subscriber a topic, so that a change of visits doesn't run again what only reads listings. */
  #watch(topic: string): void {
    let subscriber = this.#subscribers.get(topic)
    if (!subscriber) {
      subscriber = createSubscriber((update) => this.#follow(topic, update))
      this.#subscribers.set(topic, subscriber)
    }
    subscriber()
  }

  #follow(topic: string, update: () => void): () => void {
    if (topic.startsWith('@local/')) {
      return this.kith.local.subscribe((key) => {
        if (topic === `@local/${key}`) update()
      })
    }
    return this.kith.subscribe((changed) => {
      if (changed.has(topic)) update()
    })
  }
}
