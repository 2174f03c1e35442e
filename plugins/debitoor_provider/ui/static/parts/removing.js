// Takes an account away, after a question that says what stays.

import { HOME, h, ui, useNavigate, useState } from "../host.js";
import * as api from "../api.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { notify, notifyFailure } from "./messages.js";

export function RemoveDialog({ row, onClose }) {
  const { t } = useWords();
  const go = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      const { version } = row.version === undefined ? await api.oneAccount(row.id) : row;
      const { removed } = await api.removeAccount(row.id, version);
      notify(removed ? t("do.remove.done", { name: row.name }) : t("do.remove.notWritable"), removed ? "success" : "warning");
      onClose(true);
      if (removed) go(HOME);
    } catch (failure) {
      setBusy(false);
      notifyFailure(failure, t);
    }
  };
  return h(
    Dialog,
    {
      title: t("do.remove.title", { name: row.name }),
      isAlert: true,
      onClose,
      footer: h(ui.Button, { colorPalette: "red", loading: isBusy, onClick: remove }, t("do.remove.confirm")),
    },
    h(ui.Text, null, t("do.remove.goes")),
    h(ui.Text, { mt: 2 }, t("do.remove.stays")),
  );
}
