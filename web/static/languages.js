/** That questions and articles are English, in the reader's own language. */

import { element, fill } from "./dom.js";

const SENTENCES = {
  ar: "الأسئلة والمقالات هنا باللغة الإنجليزية.",
  cs: "Otázky a články jsou zde v angličtině.",
  da: "Spørgsmål og artikler er her på engelsk.",
  de: "Fragen und Artikel sind hier auf Englisch.",
  el: "Οι ερωτήσεις και τα άρθρα εδώ είναι στα αγγλικά.",
  es: "Aquí las preguntas y los artículos están en inglés.",
  fa: "پرسش‌ها و مقاله‌ها در اینجا به زبان انگلیسی هستند.",
  fi: "Kysymykset ja artikkelit ovat täällä englanniksi.",
  fr: "Ici, les questions et les articles sont en anglais.",
  he: "השאלות והמאמרים כאן הם באנגלית.",
  hi: "यहाँ प्रश्न और लेख अंग्रेज़ी में हैं।",
  hu: "A kérdések és a cikkek itt angol nyelvűek.",
  id: "Pertanyaan dan artikel di sini berbahasa Inggris.",
  it: "Qui le domande e gli articoli sono in inglese.",
  ja: "ここでの質問と記事は英語です。",
  ko: "여기서 질문과 기사는 영어로 되어 있습니다.",
  nb: "Spørsmål og artikler er her på engelsk.",
  nl: "Vragen en artikelen zijn hier in het Engels.",
  pl: "Pytania i artykuły są tutaj po angielsku.",
  pt: "Aqui, as perguntas e os artigos estão em inglês.",
  ro: "Întrebările și articolele sunt aici în engleză.",
  ru: "Вопросы и статьи здесь на английском языке.",
  sv: "Frågor och artiklar är här på engelska.",
  tr: "Burada sorular ve makaleler İngilizcedir.",
  uk: "Запитання та статті тут англійською мовою.",
  vi: "Câu hỏi và bài viết ở đây bằng tiếng Anh.",
  zh: "这里的问题和文章使用英语。",
};

/** Puts the sentence into a node for the first of the reader's languages that has one, unless
 *  English comes before it. */
export function greet(node, languages = navigator.languages) {
  for (const each of languages) {
    const [language] = each.toLowerCase().split("-");
    if (language === "en") return;
    if (language in SENTENCES) {
      fill(node, element("bdi", { lang: language }, SENTENCES[language]));
      node.hidden = false;
      return;
    }
  }
}
