/** Who is using the page and how they like it: session, language, theme, wall mode. */

import { computed, effect, signal } from "@preact/signals";
import { ApiError, api, taken, type Session } from "./api/client";
import { connect, disconnect } from "./api/live";

export type Lang = "zh" | "en";
export type Theme = "auto" | "light" | "dark";

export const session = signal<Session | null>(null);
/** Why there is no session yet: it is being asked for, a login is needed, or the service does not answer. */
export const door = signal<"asking" | "login" | ApiError | "open">("asking");
/** The city's clock as the service last said it; null before it has. */
export const cityNow = signal<string | null>(null);
export const lang = signal<Lang>(localStorage.getItem("lang") === "en" ? "en" : "zh");
export const theme = signal<Theme>((localStorage.getItem("theme") as Theme | null) ?? "auto");
const system = window.matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", ({ matches }) => (systemDark.value = matches));
/** Whether the page shows its dark colours: those that were chosen, else the system's. What is drawn on a canvas follows this. */
export const dark = computed(() => (theme.value === "auto" ? systemDark.value : theme.value === "dark"));
/** Wall mode: large type, no controls, pages take turns. `?wall` in the address turns it on. */
export const wall = signal(new URLSearchParams(window.location.search).has("wall"));

const ranks = { read: 0, operate: 1, admin: 2 } as const;
export const mayOperate = computed(() => session.value !== null && ranks[session.value.role] >= ranks.operate);
export const mayAdmin = computed(() => session.value?.role === "admin");

effect(() => {
  localStorage.setItem("lang", lang.value);
  document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
});
effect(() => {
  localStorage.setItem("theme", theme.value);
  document.documentElement.dataset["theme"] = theme.value; // where it is the system's, the stylesheet follows by itself
});
effect(() => {
  document.documentElement.classList.toggle("wall", wall.value);
});

/** Ask who is asking; opens the event stream when somebody is let in. */
export async function begin(): Promise<void> {
  try {
    session.value = await taken(api.GET("/api/v1/session"));
    door.value = "open";
    connect();
  } catch (error) {
    const refused = error instanceof ApiError ? error : new ApiError(0, "unreachable", String(error));
    door.value = refused.status === 401 ? "login" : refused;
  }
}

/** Log in with a key. Throws `ApiError` when it is not valid. */
export async function logIn(key: string): Promise<void> {
  await taken(api.POST("/api/v1/session", { body: { key } }));
  await begin();
}

/** Forget the session. */
export async function logOut(): Promise<void> {
  disconnect();
  await api.DELETE("/api/v1/session");
  session.value = null;
  await begin();
}
