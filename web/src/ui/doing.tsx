/** A button that asks the service to do something, says when that failed, and why. */

import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

type Props = { work: () => Promise<unknown>; done: () => void; children: ComponentChildren; disabled?: boolean };

export function Doing({ work, done, children, disabled = false }: Props) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  const start = () => {
    setBusy(true);
    work()
      .then(
        () => {
          setFailure("");
          done();
        },
        (error: unknown) => {
          setFailure(error instanceof Error ? error.message : String(error));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <span class="doing">
      <button type="button" disabled={disabled || busy} onClick={start}>
        {children}
      </button>
      {failure ? (
        <span class="failure-text" role="alert">
          {failure}
        </span>
      ) : null}
    </span>
  );
}
