// The page speaks the language of Airflow's UI; all its words are in words/<language>.json.

import { createContext, h, useContext, useEffect, useState } from "./host.js";

export const LANGUAGES = { en: "English", fr: "Français", de: "Deutsch", da: "Dansk" };
const CHOICE = "debitoor.language";
const Words = createContext(null);

/**
 * Airflow's language where the page speaks it. Airflow has no Danish: a Dane's browser decides, unless Airflow was set to
 * another language than its fallback. A choice on the page itself comes first.
 */
export function currentLanguage() {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen in LANGUAGES) return chosen;
  const airflow = (localStorage.getItem("i18nextLng") ?? "en").slice(0, 2);
  const browser = (navigator.language ?? "en").slice(0, 2);
  if (airflow === "en" && browser === "da") return "da";
  return airflow in LANGUAGES ? airflow : "en";
}

/** Keep a choice for this page; an empty one follows Airflow again. */
export function chooseLanguage(language) {
  if (language) localStorage.setItem(CHOICE, language);
  else localStorage.removeItem(CHOICE);
  window.dispatchEvent(new Event("debitoor-language"));
}

/** Gives the words to everything inside; shows nothing until they are there. */
export function WordsProvider({ children }) {
  const [language, setLanguage] = useState(currentLanguage);
  const [words, setWords] = useState(null);
  useEffect(() => {
    const look = () => setLanguage(currentLanguage());
    const timer = setInterval(look, 1000); // Airflow's switch sends no event outside of its own code
    window.addEventListener("debitoor-language", look);
    return () => {
      clearInterval(timer);
      window.removeEventListener("debitoor-language", look);
    };
  }, []);
  useEffect(() => {
    let isCurrent = true;
    load(language).then((loaded) => isCurrent && setWords(loaded));
    return () => {
      isCurrent = false;
    };
  }, [language]);
  return words && h(Words.Provider, { value: words }, children);
}

/**
 * The words of the current language: t("accounts.title"), t("documents.changed", {count: 3}).
 * Values in braces are put in as text; a key with _one and _other is chosen by count.
 */
export function useWords() {
  return useContext(Words);
}

async function load(language) {
  const answer = await fetch(new URL(`./words/${language}.json`, import.meta.url));
  const texts = await answer.json();
  const plural = new Intl.PluralRules(language);
  /** @param {Object} [values] */
  const t = (key, values = {}) => {
    const form = "count" in values ? `${key}_${plural.select(values.count)}` : key;
    const text = texts[form] ?? texts[`${key}_other`] ?? texts[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name], language) : whole));
  };
  const has = (key) => key in texts;
  return { t, has, language };
}

const shown = (value, language) => (typeof value === "number" ? value.toLocaleString(language) : String(value));
