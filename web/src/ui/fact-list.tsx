/** Names with what is known of each, in a list of terms; `field`: what the API calls it, in the attribute `data-{mark}`. */
export function FactList({ facts, mark = "field" }: {
  facts: readonly (readonly [name: string, value: string, field?: string])[];
  mark?: "field" | "fact";
}) {
  return (
    <dl class="facts">
      {facts.map(([name, value, field]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd {...{ [`data-${mark}`]: field }}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
