/** What a child is told, as this phone holds it: which sentences, and in which language. */

/**
 * @typedef {{key: string, name: string, own: string, dir: "ltr" | "rtl"}} Language
 * @typedef {{key: string, told: string, say: string, easy: string[], picture: string, shows: string,
 *   in: Record<string, {say: string, easy: string[]}>}} Sentence
 * @typedef {{languages: Language[], sentences: Sentence[]}} Words
 */

export const ENGLISH = { key: "en", name: "English", own: "English", dir: "ltr" };

/** What every child is told, and who reads it only of those who were named.
 * @param {Words | undefined} words @param {string[]} who @returns {Sentence[]} */
export const forChild = (words, who) =>
  (words?.sentences ?? []).filter((each) => !each.told || who.includes(each.told));

/** The language that was written down in words, where it is one that is here.
 * @param {Words | undefined} words @param {string} said */
export function languageNamed(words, said) {
  const wanted = said.toLocaleLowerCase();
  const found = (words?.languages ?? []).filter(({ name, own }) =>
    [name.split(/ \(|,/)[0], own].some((each) => wanted.includes(each.toLocaleLowerCase())),
  );
  return found.length === 1 ? found[0].key : ENGLISH.key;
}

/** A sentence in a language, or in English where it is not here in that one.
 * @param {Words} words @param {Sentence} sentence @param {string} key */
export function inLanguage(words, sentence, key) {
  const there = sentence.in[key];
  const language = (there && words.languages.find((each) => each.key === key)) || ENGLISH;
  return { language, lines: there ? there.easy : sentence.easy };
}
