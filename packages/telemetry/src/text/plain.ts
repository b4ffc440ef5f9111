/**
 * The text without what JSON writes as six characters each: a blank for each control character but tab and line feed, and well formed,
 * so that a text of so many bytes is a line of not much more.
 */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- these very characters are meant
  return text.toWellFormed().replace(/[\0-\x08\v-\x1f]/g, " ");
}
