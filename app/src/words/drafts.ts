/** Words above a form that was half filled in before. */
export const drafts = {
  found: 'This is what you had written before. It was kept on this phone.',
  startOver: 'Start over',
}
