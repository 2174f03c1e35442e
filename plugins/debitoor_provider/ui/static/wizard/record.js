// What the record at the other service would look like, on a few of the account's real documents.

import { h, ui } from "../host.js";
import { day } from "../format.js";
import { useWords } from "../words.js";
import { useWizard } from "./context.js";
import { LivePreview, useLive } from "./live.js";

export function RecordPreview() {
  const { t } = useWords();
  const { settings } = useWizard();
  const isReady = Boolean(settings.name && settings.debitoor_id);
  const live = useLive("record", ["getmyinvoices", "debitoor"], isReady);
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
  const { t, language } = useWords();
  const facts = [
    ["supplier", record.supplier],
    ["date", /^\d{4}-\d{2}-\d{2}$/.test(record.date ?? "") ? day(record.date, language) : record.date],
    ["description", record.description],
    ["lines", record.lines?.join("\n")],
    ["category", record.category],
    ["file", record.source_name],
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
