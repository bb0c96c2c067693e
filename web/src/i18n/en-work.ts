import type { work as zh } from "./zh-work";

export const work: Record<keyof typeof zh, string> = {
  springs: "Springs",
  springsFlow: "Springs that flow",
  springLevel: "level",
  sill: "Outflow sill",
  "line.yellow": "Yellow line",
  "line.orange": "Orange line",
  "line.red": "Red line",
  belowLine: "Below: {line}",
  aboveLines: "Above all lines",
  noLines: "The register holds no lines",
  flowsFor: "Has flowed for {days} days",
  flowsAtLeast: "Has flowed for {days} days at least",
  flowDaysUnknown: "Days of continuous flow unknown",
};
