/** Names of what people like to talk about and do; the keys are those of `internal/interest`. */
import { listWords } from './lists'

export const interests: Record<string, string> = {
  animals: 'Animals', art: 'Art', 'board-games': 'Board games', books: 'Books', chatting: 'Having a chat', cooking: 'Cooking', crafts: 'Crafts',
  dancing: 'Dancing', films: 'Films', football: 'Football', gardening: 'Gardening', history: 'History', languages: 'Languages',
  'local-history': 'How it was here', making: 'Making and mending', music: 'Music', photography: 'Photography', puzzles: 'Puzzles', quiz: 'Quizzes', sewing: 'Sewing',
  singing: 'Singing', swimming: 'Swimming', travel: 'Travel', walking: 'Walking',
}

/** As many as somebody picks. */
export const MOST = 5

/** "gardening, singing and walking": in the middle of a sentence. */
export function interestWords(keys: readonly string[]): string {
  return listWords(keys.map((key) => (interests[key] ?? key).toLowerCase()))
}

export const choosing = {
  hint: `Up to ${MOST}. What two people both like is somewhere to begin.`,
  full: `These are ${MOST}. Take one off to choose another.`,
}
