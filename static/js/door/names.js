// Finding people by name. Who types ä means ä; who types a (without the key for ä) may mean either.

const MARKS = /\p{M}/gu;
const OURS = /[åäö]/;
const WITHOUT_MARKS = new Map(Object.entries({
  ø: "o", đ: "d", ð: "d", ł: "l", ħ: "h", ı: "i", æ: "ae", œ: "oe", ß: "ss", þ: "th", "’": "'", "ʼ": "'", "‘": "'",
}));
const KEPT = new Map(Object.entries({ å: "å", ä: "ä", ö: "ö" }));

const plain = (letter) => WITHOUT_MARKS.get(letter) ?? letter.normalize("NFD").replace(MARKS, "");
const fold = (text, one) => Array.from(text.normalize("NFC").toLowerCase(), one).join("");

/** Small letters without accents; å, ä and ö lose theirs too. */
export const loosely = (text) => fold(text, plain);

/** Small letters without accents, but å, ä and ö stay what they are. */
export const exactly = (text) => fold(text, (letter) => KEPT.get(letter) ?? plain(letter));

/** Makes people ready to be searched; done once, not at every key. */
export function indexed(people) {
  return people.map((person) => {
    const text = `${person.name} ${person.organisation}`;
    return { person, loose: loosely(text), exact: exactly(text) };
  });
}

/** Up to `most` of those in whose name and organisation all words of the query occur; beginnings of words first. */
export function search(index, query, most) {
  const words = exactly(query).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const has = (row, word, start = "") => ` ${OURS.test(word) ? row.exact : row.loose}`.includes(start + word);
  const found = index.filter((row) => words.every((word) => has(row, word)));
  const begins = (row) => words.every((word) => has(row, word, " "));
  return [...found.filter(begins), ...found.filter((row) => !begins(row))].slice(0, most).map(({ person }) => person);
}
