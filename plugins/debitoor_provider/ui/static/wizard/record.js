// What the record at the other service would look like, on a few of the account's real documents.

import { h, ui } from "../host.js";
import { day } from "../format.js";
import { useWords } from "../words.js";
import { useWizard } from "./context.js";
import { choiceWord } from "./fields.js";
import { LivePreview, useLive } from "./live.js";

export function RecordPreview() {
  const { t } = useWords();
  const { problems } = useWizard();
  // The books are looked up, and have to be the ones that are meant.
  const isSound = !problems.some(({ field }) => field === "debitoor_id");
  const live = useLive("record", ["connections.getmyinvoices", "connections.debitoor", "debitoor_id"], isSound);
  const records = live.data?.records;
  return h(
    LivePreview,
    { live, title: t("preview.record"), missing: t("preview.record.later") },
    records?.length === 0 && h(ui.Text, { color: "fg.muted" }, t("preview.names.none")),
    records?.length > 0 &&
      h(
        ui.Stack,
        { gap: 3 },
        records.map((record, index) => h(Record, { key: index, record })),
      ),
  );
}

function Record({ record }) {
  const { t, has, language } = useWords();
  const facts = [
    ["supplier", record.supplier],
    ["date", day(record.date, language)],
    ["description", record.description],
    ["lines", record.lines?.join("\n")],
    ["marks", record.marks.join("\n")],
    ["category", record.category && choiceWord(t, has, "document_type", record.category)],
    ["file", record.source_name],
    ["reason", record.reason],
  ];
  return h(
    ui.DataList.Root,
    { orientation: "horizontal", size: "sm", gap: 1, bg: "bg", borderWidth: "1px", rounded: "md", p: 3 },
    facts
      .filter(([, value]) => value)
      .map(([name, value]) =>
        h(
          ui.DataList.Item,
          { key: name, alignItems: "start" },
          h(ui.DataList.ItemLabel, { minW: "6rem" }, t(`preview.record.${name}`)),
          h(ui.DataList.ItemValue, { whiteSpace: "pre-line", overflowWrap: "anywhere", minW: 0 }, value),
        ),
      ),
  );
}
