// What is shown at an address that leads to nothing: it says so, and leads back.

import { HOME, h } from "../host.js";
import { failureSentence } from "../http.js";
import { useWords } from "../words.js";
import { PlaceButton } from "./links.js";
import { FailureNotice, Nothing } from "./notices.js";

/** @param {{back?: {to: string, text: string}}} props back: a place that is nearer than the list of accounts */
export function Nowhere({ back }) {
  const { t } = useWords();
  return h(
    Nothing,
    { title: t("nowhere.title") },
    h("p", null, t("nowhere.text")),
    back && h(PlaceButton, { to: back.to, size: "sm" }, back.text),
    h(ToAccounts),
  );
}

/**
 * Why something could not be loaded: what is not there is not asked for again, but leads back.
 *
 * @param {{failure: import("../http.js").Failure, onRetry: () => void}} props
 */
export function LoadingFailed({ failure, onRetry }) {
  const { t } = useWords();
  if (failure.status !== 404) return h(FailureNotice, { failure, onRetry });
  return h(Nothing, { title: failureSentence(failure, t) }, failure.remedy && h("p", null, failure.remedy), h(ToAccounts));
}

function ToAccounts() {
  const { t } = useWords();
  return h(PlaceButton, { to: HOME, size: "sm" }, t("wizard.back.accounts"));
}
