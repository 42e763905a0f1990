/** The words of circles: helpers around one person, who takes which turn, and how one is started. */
import { common } from './common'

export const circles = {
  title: 'Circles',
  rota: 'The rota',
  notSaved: 'This could not be saved.',
  gone: 'There is no such circle on this phone.',
  plural: common.plural,
}
