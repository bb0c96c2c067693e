/** A button that asks the service to do something, says when that failed, and why. */

import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { sentence } from "../sentence";

type Props = {
  work: () => Promise<unknown>;
  done: () => void;
  /** Told of a failure, besides that it is shown at the button. */
  failed?: (why: string) => void;
  children: ComponentChildren;
  disabled?: boolean;
};

export function Doing({ work, done, failed, children, disabled = false }: Props) {
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
          const why = sentence(error);
          if (failed) failed(why);
          else setFailure(why);
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
