// Data that is fetched when a component needs it, and again from time to time while the page is visible.

import { useCallback, useEffect, useRef, useState } from "./host.js";
import { useWords } from "./words.js";

/**
 * @param {(options: {signal: AbortSignal}) => Promise<any>} load
 * @param {any[]} deps fetch again when one of these changes, or the language, which sentences come in
 * @param {{every?: number}} [options] milliseconds from an answer to the next fetch; without it only once
 * @returns {{data: any, failure: Error|null, isLoading: boolean, reload: () => void}}
 */
export function useData(load, deps, { every = 0 } = {}) {
  const [turn, setTurn] = useState(0);
  const { language } = useWords();
  const wanted = [...deps, turn, language];
  const [state, setState] = useState({ data: null, failure: null, isLoading: true, wanted });
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => setTurn((number) => number + 1), []);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, isLoading: true, wanted }));
    latest
      .current({ signal: stop.signal })
      .then((data) => !stop.signal.aborted && setState({ data, failure: null, isLoading: false, wanted }))
      .catch((failure) => !stop.signal.aborted && setState((before) => ({ ...before, failure, isLoading: false })));
    return () => stop.abort();
  }, wanted);
  const isWaiting = state.isLoading;
  useEffect(() => {
    if (!every || isWaiting) return undefined; // a slow answer is waited for: the next request would end it
    const again = () => document.visibilityState === "visible" && reload();
    const timer = setTimeout(again, every);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [every, isWaiting, reload]);
  const { data, failure } = state;
  // What is there when something else is wanted is not its answer, also before the effect has begun to fetch that.
  const isOfAnother = wanted.some((value, index) => !Object.is(value, state.wanted[index]));
  return { data, failure, isLoading: state.isLoading || isOfAnother, reload };
}

/** A value that follows another only when that has rested for a while: for text fields. */
export function useRested(value, milliseconds = 300) {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}
