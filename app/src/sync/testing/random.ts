/**
 * Seeded randomness for tests: the same seed, the same run (mulberry32).
 */
export class Random {
  constructor(private state: number) {}

  /** At least 0 and below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below(n: number): number {
    return Math.floor(this.next() * n)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  chance(p: number): boolean {
    return this.next() < p
  }

  some<T>(items: readonly T[], least = 1): T[] {
    const count = least + this.below(items.length - least + 1)
    return [...items].sort(() => this.next() - 0.5).slice(0, count)
  }
}
