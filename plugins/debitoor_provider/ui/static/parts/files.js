// A document's file as each service has it: to be saved, or shown next to the document's data.

import { h, ui, useEffect, useRef, useState } from "../host.js";
import * as api from "../api.js";
import { useWords } from "../words.js";
import { useIsNarrow } from "./narrow.js";
import { FailureNotice, Loading } from "./notices.js";

/**
 * The buttons.
 *
 * @param {{document: Object, side: "source"|"target"|null, onShow: (side: string|null) => void}} props which one is shown
 */
export function Files({ document: one, side, onShow }) {
  const { t } = useWords();
  const sides = one.target_id ? ["source", "target"] : ["source"];
  const words = { source: t("documents.show"), target: t("documents.show.copy", { service: one.target_title }) };
  return h(
    ui.Wrap,
    null,
    sides.map((its) =>
      h(
        ui.Button,
        {
          key: its,
          size: "xs",
          variant: side === its ? "solid" : "outline",
          "aria-expanded": side === its,
          onClick: () => onShow(side === its ? null : its),
        },
        words[its],
      ),
    ),
    sides.map((its) => h(Download, { key: its, document: one, side: its })),
  );
}

function Download({ document: one, side }) {
  const { t } = useWords();
  return h(
    ui.Button,
    { asChild: true, size: "xs", variant: "outline" },
    h(
      "a",
      { href: api.fileAddress(one.account, one.id, side), download: "" },
      t("documents.file", { service: one[`${side}_title`] }),
    ),
  );
}

/** @param {{document: Object, side: "source"|"target", onClose: () => void}} props */
export function ShownFile({ document: one, side, onClose }) {
  const { t } = useWords();
  const isNarrow = useIsNarrow();
  const place = useRef(null);
  const { file, failure, reload } = useFile(one, side);
  useEffect(() => {
    if (isNarrow) place.current?.scrollIntoView({ block: "start" });
  }, [isNarrow, side]);
  const title = t("documents.shown", { service: one[`${side}_title`] });
  return h(
    ui.Flex,
    {
      ref: place,
      as: "section",
      "aria-label": title,
      direction: "column",
      gap: 2,
      minW: 0,
      height: isNarrow ? "85dvh" : "calc(100dvh - 7rem)",
      position: isNarrow ? "static" : "sticky",
      top: 0,
    },
    h(
      ui.Flex,
      { align: "center", justify: "space-between", gap: 2 },
      h(ui.Heading, { as: "h3", size: "md" }, title),
      h(ui.Button, { size: "xs", variant: "outline", onClick: onClose }, t("documents.hide")),
    ),
    h(FailureNotice, { failure, onRetry: reload }),
    !file && !failure && h(Loading),
    file && h(Shown, { key: file.url, file, title, download: h(Download, { document: one, side }) }),
  );
}

function Shown({ file, title, download }) {
  const { t } = useWords();
  const [isBroken, setBroken] = useState(false);
  const instead = (key) => h(ui.Stack, { gap: 2, align: "start" }, h(ui.Text, null, t(key)), download);
  if (!file.url) return instead("documents.notShown");
  if (file.type === PDF) {
    // Chromium's viewer shows nothing in a sandboxed frame, whatever the frame is allowed. So the frame has no sandbox,
    // and its content cannot become a page: the type is ours, a browser never guesses another one, and the viewer is
    // not of this origin.
    if (!navigator.pdfViewerEnabled) return instead("documents.noViewer");
    return h(ui.Box, { as: "iframe", src: `${file.url}#navpanes=0&view=FitH`, title, allow: "", ...FRAME });
  }
  if (isBroken) return instead("documents.brokenImage");
  return h(
    ui.Box,
    { overflow: "auto", tabIndex: 0, role: "group", "aria-label": title, ...FRAME },
    h("img", { src: file.url, alt: title, style: { maxWidth: "100%" }, onError: () => setBroken(true) }),
  );
}

const FRAME = { flex: 1, width: "full", minH: 0, borderWidth: 1, borderColor: "border" };

/** Fetches the file; its address is given up with the component, or when another file is wanted. */
function useFile({ account, id }, side) {
  const [state, setState] = useState({ file: null, failure: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    let url = null;
    setState({ file: null, failure: null });
    api
      .fileBytes(account, id, side, { signal: stop.signal })
      .then((bytes) => {
        if (stop.signal.aborted) return;
        const type = typeOf(bytes);
        url = type && URL.createObjectURL(new Blob([bytes], { type }));
        setState({ file: { type, url }, failure: null });
      })
      .catch((failure) => stop.signal.aborted || setState({ file: null, failure }));
    return () => {
      stop.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [account, id, side, turn]);
  return { ...state, reload: () => setTurn((number) => number + 1) };
}

const PDF = "application/pdf";
const STARTS = [
  ["image/png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "\xff\xd8\xff"],
  ["image/gif", "GIF8"],
];

/** What a file is by its own content, whatever its name or the answer says; null for what is not shown. */
function typeOf(bytes) {
  const start = String.fromCharCode(...bytes.subarray(0, 1024)); // a PDF may begin with something else
  return STARTS.find(([, mark]) => start.startsWith(mark))?.[0] ?? (start.includes("%PDF-") ? PDF : null);
}
