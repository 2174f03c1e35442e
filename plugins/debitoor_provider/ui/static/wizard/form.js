// The form: its steps, the way through them, and the draft that they set together.

import { HOME, h, ui, useEffect, useRef, useSearchParams, useState } from "../host.js";
import { Loading } from "../parts/notices.js";
import { useWords } from "../words.js";
import { AccountStep } from "./account.js";
import { useCheck } from "./check.js";
import { WizardContext, focusOn } from "./context.js";
import { DebitoorStep } from "./debitoor.js";
import { DirectionStep } from "./direction.js";
import { STEPS, forget, keep, kept, stepOf, written } from "./draft.js";
import { FirstRunStep } from "./first_run.js";
import { useHomeRate } from "./home_rate.js";
import { Footer } from "./footer.js";
import { GetMyInvoicesStep } from "./getmyinvoices.js";
import { LostComments, Problems, Restored, Warnings } from "./hints.js";
import { useKnownWrong } from "./known.js";
import { Saved } from "./saved.js";
import { useSaving } from "./saving.js";
import { SettingsStep } from "./settings.js";
import { StepList } from "./steps.js";

const FORMS = {
  direction: DirectionStep,
  settings: SettingsStep,
  getmyinvoices: GetMyInvoicesStep,
  debitoor: DebitoorStep,
  account: AccountStep,
  preview: FirstRunStep,
};

export function Wizard({ choices, connections, account, accountId, start, reloadConnections, again }) {
  const { t } = useWords();
  const isEdit = Boolean(account);
  const [draft, setDraft, isRestored] = useDraft(accountId, start, connections);
  const check = useCheck(draft, isEdit);
  const [tried, setTried] = useState(() => new Set(isEdit ? STEPS : []));
  const known = useKnownWrong(account, draft);
  /** What the check says of the same field is shorter than what a run or a service said. */
  const shorter = (problem) => check.warnings.find(({ field }) => field === problem.field) ?? problem;
  const problems = [...check.problems, ...known.problems.map(shorter)];
  /** A connection may have been made since the draft was looked at. */
  const isMade = ({ field }) =>
    connections.some(({ id, type }) => field === `connections.${type}` && id === draft.settings.connections?.[type]);
  const home = useHomeRate(draft, setDraft);
  const warnings = [...check.warnings.filter((warning) => !isMade(warning)), ...home.doubts];

  const firstBad = STEPS.findIndex((step) => check.problems.some(({ field }) => stepOf(field) === step));
  const last = isEdit || firstBad < 0 ? STEPS.length - 1 : firstBad;
  const [search, setSearch] = useSearchParams();
  const wanted = Math.max(0, STEPS.indexOf(search.get("step") ?? (isEdit ? "settings" : STEPS[0])));
  const index = Math.min(wanted, last);
  const step = STEPS[index];
  const goTo = (name) => setSearch({ step: name });

  /** Show what is wrong, where it is, on the steps that were tried. */
  const point = (found, steps = STEPS) => {
    setTried(new Set([...tried, ...steps]));
    goTo(stepOf(found[0].field));
    setTimeout(() => focusOn(found[0].field));
  };
  const startAgain = () => {
    forget(accountId);
    again();
  };
  const correct = (name) => {
    goTo(name);
    startAgain();
  };
  const saving = useSaving({ draft, setDraft, check, known, accountId, point, startAgain });

  /** Who is led to a step since something is known to be wrong in it begins there. */
  const isLed = useRef(search.has("step"));
  useEffect(() => {
    if (check.isFirst || !isLed.current) return;
    isLed.current = false;
    const wrong = known.problems.find(({ field }) => stepOf(field) === step);
    if (wrong) setTimeout(() => focusOn(wrong.field));
  }, [check.isFirst]);

  /** What a person has typed on a step and not sent off yet; goes before the next step. */
  const pending = useRef(null);
  const next = async () => {
    if (pending.current && !(await pending.current())) return;
    const now = await check.now();
    const bad = now.filter(({ field }) => STEPS.indexOf(stepOf(field)) <= index);
    const steps = STEPS.slice(0, index + 1);
    if (bad.length) point(bad, steps);
    else {
      setTried(new Set([...tried, ...steps]));
      goTo(STEPS[index + 1]);
    }
  };

  const context = {
    draft,
    settings: draft.settings,
    choices,
    connections,
    isEdit,
    accountId,
    problems,
    warnings,
    learn: known.learn,
    nextRuns: check.nextRuns,
    tried,
    pending,
    reloadConnections,
    change: setDraft,
    set: (path, value) => setDraft((before) => ({ ...before, settings: written(before.settings, path, value) })),
    backPath: isEdit ? `accounts/${accountId}/edit` : "new",
    /** Before the way to another site: the draft waits here, and knows which connection comes back. */
    leave: (awaiting) => keep(accountId, { ...draft, awaiting, proposed: home.before.current }),
  };

  if (saving.saved) return h(Saved, { ...saving.saved, before: account, onCorrect: correct });
  if (check.isFirst) return h(Loading);
  return h(
    WizardContext.Provider,
    { value: context },
    h(
      ui.Stack,
      { gap: 4, maxW: "64rem", minW: 0 },
      h(
        ui.Heading,
        { as: "h2", size: "lg" },
        isEdit ? t("wizard.edit", { name: account.name || accountId }) : t("wizard.new"),
      ),
      isRestored && h(Restored, { onFresh: startAgain }),
      h(
        StepList,
        { index, last, goTo },
        h(StepHeading, { step }),
        tried.has(step) && h(Problems, { problems: problems.filter(({ field }) => stepOf(field) === step) }),
        h(Warnings, { warnings: warnings.filter(({ field }) => stepOf(field) === step) }),
        h(FORMS[step], { key: step }),
      ),
      isEdit && h(LostComments, { before: account.yaml, after: check.yaml }),
      h(Footer, {
        index,
        check,
        saving,
        goTo,
        next,
        leave: isEdit ? `${HOME}/accounts/${encodeURIComponent(accountId)}` : HOME,
        onCancel: () => forget(accountId),
      }),
      saving.notice,
    ),
  );
}

/** The draft as it was left behind in this browser tab, or a fresh one; back from Debitoor it has its connection. */
function useDraft(accountId, start, connections) {
  const [search, setSearch] = useSearchParams();
  const [before] = useState(() => kept(accountId));
  const [draft, setDraft] = useState(() => {
    if (!before) return start;
    const { awaiting, isCopy, ...rest } = before; // what a copy becomes is an ordinary draft
    const back = search.get("connected");
    const isThere = connections.some(({ id, type }) => id === back && type === "debitoor");
    if (!back || back !== awaiting || !isThere) return rest;
    return { ...rest, connected: back, settings: written(rest.settings, "connections.debitoor", back) };
  });
  useEffect(() => {
    // Back from the consent page, or from the page that says why it came to nothing.
    if (search.has("connected") || before?.awaiting) setSearch({ step: "debitoor" }, { replace: true });
  }, []);
  const isUntouched = useRef(true);
  useEffect(() => {
    if (!isUntouched.current || before) keep(accountId, draft);
    isUntouched.current = false;
  }, [draft]);
  return [draft, setDraft, Boolean(before) && !before.isCopy && !draft.connected];
}

/** Takes the focus when another step begins, so that keyboard and screen reader go on there. */
function StepHeading({ step }) {
  const { t } = useWords();
  const heading = useRef(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus();
    shown.current = step;
  }, [step]);
  return h(
    ui.Box,
    { mb: 4 },
    h(
      ui.Heading,
      { as: "h3", size: "lg", ref: heading, tabIndex: -1, outline: "none" },
      t("wizard.stepOf", { number: STEPS.indexOf(step) + 1, total: STEPS.length, name: t(`wizard.step.${step}`) }),
    ),
    h(ui.Text, { color: "fg.muted" }, t(`wizard.step.${step}.help`)),
  );
}
