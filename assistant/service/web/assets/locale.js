// Every word of the page, in every language it speaks, and the choice between them.

import { lasting, recall, remember } from "./elements.js";

const many = (n, one, more) => (n === 1 ? one : more);

export const WORDS = {
  en: {
    name: "English",
    skipToQuestion: "Skip to the question",
    newConversation: "New conversation",
    print: "Print",
    save: "Save",
    darkTheme: "Dark theme",
    lightTheme: "Light theme",
    language: "Language",
    conversation: "Conversation",
    questionLabel: "Your question",
    placeholder: (n) => `Ask about ${many(n, "this document", `these ${n} documents`)} …`,
    ask: "Ask",
    hint: "Enter sends, Shift+Enter starts a new line",
    tooLong: (n, most) => `${n} of ${most} characters`,
    offline: "There is no connection. Your question stays here until there is one.",
    welcome: "What would you like to know?",
    promise:
      "Answers are quoted word for word from the documents below, each with its section and exact place. " +
      "No wording is generated, and where the documents do not say, you are told so.",
    samples: "For example",
    documents: (n) => many(n, "The document", `The ${n} documents`),
    moreDocuments: (n) => `${n} more`,
    you: "You asked:",
    reading: (n) => `Reading ${many(n, "the document", `${n} documents`)} …`,
    readingSection: (section, more) => `Reading ${section}${more ? ` and ${more} more ${many(more, "section", "sections")}` : ""} …`,
    answer: "Answer",
    readings: (n) => (n === 2 ? "Two readings:" : n === 3 ? "Three readings:" : `${n} readings:`),
    count: (shown, all) => `${shown} of ${all}`,
    ends: (all) => `First and last of ${all}`,
    showCounted: (all) => `Show all ${all} in the document`,
    showAll: (n) => `Show all ${n}`,
    showFirst: (n) => `Show only the first ${n}`,
    notFound: "These documents do not say.",
    derived: (value) => `Counted: ${value}`,
    unanswered: (parts) => `Not in these documents: ${parts}`,
    understood: (question) => `understood as: ${question}`,
    askAlone: "Ask it by itself",
    readAs: (words) => `read as: ${words}`,
    official: "official page",
    licence: (terms) => `Licence: ${terms}`,
    sure: "sure",
    likely: "likely",
    unsure: "unsure",
    confidence: (share) => `probability of being right: ${share}`,
    copy: "Copy with reference",
    copyLink: "Copy link",
    copied: "Copied",
    copyFailed: "The browser did not allow copying",
    feedback: "Was this helpful?",
    helpful: "Helpful",
    unhelpful: "Not helpful",
    thanks: "Thank you.",
    feedbackFailed: "That could not be sent.",
    reason: "Would you say why? (optional)",
    send: "Send",
    related: (n) => `${n} related ${many(n, "passage", "passages")}`,
    closest: "The closest sections",
    noAnswer: "(not an answer)",
    failed: "The answer could not be fetched.",
    tooMany: "Too many questions came from here just now. Please wait a moment.",
    refused: (detail) => `The question could not be used: ${detail}`,
    again: "Try again",
    source: "Source",
    opening: "Opening the document …",
    back: "Back",
    close: "Close the source",
    sections: "Sections",
    untitled: "(without heading)",
    characters: (start, end) => `characters ${start}–${end}`,
    noDocument: (id) => `There is no document “${id}”.`,
    noPlace: (place, n) => `There is no place “${place}” in this document, which has ${n} characters.`,
    unavailable: "The service does not answer just now. Please try again in a moment.",
  },
  ja: {
    name: "日本語",
    skipToQuestion: "質問欄へ移動",
    newConversation: "新しい会話",
    print: "印刷",
    save: "保存",
    darkTheme: "暗い配色",
    lightTheme: "明るい配色",
    language: "言語",
    conversation: "会話",
    questionLabel: "ご質問",
    placeholder: (n) => `${n}件の文書に質問する …`,
    ask: "質問する",
    hint: "Enterで送信、Shift+Enterで改行",
    tooLong: (n, most) => `${most}文字まで（現在${n}文字）`,
    offline: "接続がありません。入力した質問はそのまま残ります。",
    welcome: "何をお調べですか。",
    promise:
      "回答は、下の文書から一字一句そのまま引用し、節と正確な位置を添えて示します。" +
      "機械が文章を作ることはなく、文書に記載がないときは、その旨をお伝えします。",
    samples: "質問の例",
    documents: (n) => `対象の文書（${n}件）`,
    moreDocuments: (n) => `ほか${n}件`,
    you: "ご質問：",
    reading: (n) => `${n}件の文書を読んでいます …`,
    readingSection: (section, more) => `「${section}」${more ? `ほか${more}節` : ""}を読んでいます …`,
    answer: "回答",
    readings: (n) => `${n}通りの読み方があります。`,
    count: (shown, all) => `${all}件中${shown}件`,
    ends: (all) => `${all}件のうち最初と最後`,
    showCounted: (all) => `文書で${all}件すべてを見る`,
    showAll: (n) => `${n}件すべてを表示`,
    showFirst: (n) => `最初の${n}件だけを表示`,
    notFound: "これらの文書には記載がありません。",
    derived: (value) => `数えた結果：${value}`,
    unanswered: (parts) => `これらの文書に記載がないもの：${parts}`,
    understood: (question) => `次のように解釈しました：${question}`,
    askAlone: "会話と切り離して質問する",
    readAs: (words) => `次のように読み替えました：${words}`,
    official: "公式ページ",
    licence: (terms) => `利用条件：${terms}`,
    sure: "確実",
    likely: "おそらく",
    unsure: "不確か",
    confidence: (share) => `正しい確率：${share}`,
    copy: "出典付きでコピー",
    copyLink: "リンクをコピー",
    copied: "コピーしました",
    copyFailed: "ブラウザーがコピーを許可しませんでした",
    feedback: "お役に立ちましたか。",
    helpful: "役に立った",
    unhelpful: "役に立たなかった",
    thanks: "ありがとうございます。",
    feedbackFailed: "送信できませんでした。",
    reason: "よろしければ理由をお聞かせください（任意）",
    send: "送信",
    related: (n) => `関連する箇所（${n}件）`,
    closest: "最も近い節",
    noAnswer: "（回答ではありません）",
    failed: "回答を取得できませんでした。",
    tooMany: "短い間に多くの質問が届きました。しばらくお待ちください。",
    refused: (detail) => `この質問は受け付けられませんでした：${detail}`,
    again: "もう一度試す",
    source: "出典",
    opening: "文書を開いています …",
    back: "戻る",
    close: "出典を閉じる",
    sections: "目次",
    untitled: "（見出しなし）",
    characters: (start, end) => `${start}～${end}文字目`,
    noDocument: (id) => `文書「${id}」はありません。`,
    noPlace: (place, n) => `この文書（全${n}文字）に「${place}」という位置はありません。`,
    unavailable: "ただいまサービスが応答しません。しばらくしてからもう一度お試しください。",
  },
};

// The service's own fixed sentences (notes.js); it says them in English, which therefore is not listed here.
export const NOTES = {
  ja: {
    greeting: "こんにちは。",
    thanks: "どういたしまして。",
    farewell: "ご利用ありがとうございました。",
    scope: "ふだんの言葉でお尋ねください。回答はすべて、文書の一節を一字一句そのまま、位置を添えて示します。",
    identity: "人ではなく検索プログラムです。文書の一節を一字一句そのまま示してお答えします。",
    subjects: (titles, more) => `${titles.map((title) => `「${title}」`).join("")}${more ? `ほか${more}件` : ""}についてお尋ねください。`,
    examples: (questions) => `質問の例：${questions}`,
    otherLanguage: (asked, ours) => `ご質問は${asked}のようですが、文書は${ours.join("・")}です。${ours.join("または")}でお尋ねください。`,
    place: ({ item, section, title, name }) => `${section ? `${section}節` : title ? `「${title}」` : name}${item ? `の項目${item}` : ""}`,
    amount: (place, n, items) => `${place}にある${items ? "項目" : "段落"}は${n}個です。`,
    range: (place, noun, first, last) => `${place}にある${KINDS_JA[noun.toLowerCase()] ?? noun}は${first}から${last}までです。`,
  },
};
const KINDS_JA = {
  items: "項目", sections: "節", paragraphs: "段落", articles: "条", chapters: "章", parts: "部", annexes: "附属書", "": "番号",
};

// How sure is said in words: from here upwards.
const LEVELS = [
  ["sure", 0.9],
  ["likely", 0.7],
  ["unsure", 0],
];

export const languages = Object.entries(WORDS).map(([tag, { name }]) => ({ tag, name }));

let current = "en";
export const language = () => current;

/** Speak the language that was asked for in the address, chosen before, or preferred by the browser. */
export function chooseLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wished = [asked, recall(lasting, "language"), ...navigator.languages].filter(Boolean);
  const known = wished.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => Object.hasOwn(WORDS, tag));
  speak(known ?? "en");
}

export function speak(tag) {
  current = tag;
  document.documentElement.lang = tag;
}

export function rememberLanguage(tag) {
  remember(lasting, "language", tag);
  speak(tag);
}

/** The words for a key; an unknown key is a mistake in the page and shows as one. */
export function t(key, ...values) {
  const words = WORDS[current][key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return typeof words === "function" ? words(...values) : words;
}

export function longDate(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  const tag = current === "en" ? "en-GB" : current;
  return new Intl.DateTimeFormat(tag, { dateStyle: "long", timeZone: "UTC" }).format(date);
}

/** Nothing is ever shown as certain: 99% at most. */
export const percent = (share) => `${Math.min(Math.round(share * 100), 99)}%`;

export function confidenceWord(share) {
  const [level] = LEVELS.find(([, least]) => share >= least) ?? ["unsure"];
  return { level, word: t(level) };
}
