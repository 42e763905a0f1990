/**
 * What a notification says. It may lie on a lock screen for anybody to read, so it says that there is something, and
 * nothing of what: the words are chosen by the kind alone, and are on the phone already.
 */
export type Kind = 'task' | 'notice' | 'loyalty' | 'account'

export const pushed: Record<Kind | 'other', { title: string; body: string }> = {
  task: { title: 'Kith', body: 'Something waits for you. Tap to see it.' },
  notice: { title: 'Kith', body: 'There is news for you. Tap to read it.' },
  loyalty: { title: 'Kith', body: 'There is news about your card. Tap to see it.' },
  account: { title: 'Kith', body: 'Something about your account. Please look.' },
  other: { title: 'Kith', body: 'There is something for you. Tap to see it.' },
}
