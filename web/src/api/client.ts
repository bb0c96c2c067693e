/** The API with the types of its own OpenAPI document. Every refusal becomes an `ApiError` that can be shown. */

import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Measure = Schemas["MeasureOut"];
export type Assessment = Schemas["AssessmentOut"];
export type Verdict = Schemas["TargetVerdict"];
export type Session = Schemas["SessionOut"];
export type Device = Schemas["DeviceOut"];
export type Problem = Schemas["Problem"];
export type KindName = paths["/api/v1/map/places"]["get"]["parameters"]["query"]["kind"];

/** A refused or failed request, in words for a person. `status` is 0 when the service could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: NonNullable<Problem["errors"]> = [],
  ) {
    super(detail || title);
  }
}

export const api = createClient<paths>({ baseUrl: window.location.origin });

api.use({
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return response;
    throw await problem(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new ApiError(0, "unreachable", error instanceof Error ? error.message : String(error));
  },
});

async function problem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === "object" && body !== null && "title" in body) {
    const said = body as Problem;
    return new ApiError(response.status, said.title, said.detail, said.errors ?? []);
  }
  return new ApiError(response.status, response.statusText, "");
}

/** Unwrap an answer. The client has thrown by now if there is none. */
export async function taken<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new ApiError(0, "unreachable", "empty answer");
  return data;
}

/** Read every page of a listing that the Link header leads through. */
export async function allPages<T>(first: string, signal: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | null = first; next !== null; ) {
    const response: Response = await fetch(next, { signal });
    if (!response.ok) throw await problem(response);
    items.push(...((await response.json()) as { items: T[] }).items);
    next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1] ?? null;
  }
  return items;
}
