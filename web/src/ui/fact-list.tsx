/** Names with what is known of each, in a list of terms; `field`: what the API calls it. */
export function FactList({ facts }: { facts: readonly (readonly [name: string, value: string, field?: string])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value, field]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-field={field}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
