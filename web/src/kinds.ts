/** Kinds of device as people call them; the list is that of the register. */

import type { KindName } from "./api/client";
import { lang } from "./session";

const NAMES: Record<KindName, [string, string]> = {
  streetlight: ["路灯", "Street lamp"],
  lighting_cabinet: ["照明控制箱", "Lighting cabinet"],
  air_station: ["空气站", "Air station"],
  river_section: ["河流断面", "River section"],
  parking_bay: ["泊位", "Parking bay"],
  parking_lot: ["停车场", "Parking lot"],
  spring_gauge: ["泉水水位计", "Spring gauge"],
  black_odorous_point: ["黑臭水体监测点", "Black-odorous water point"],
  water_level: ["积水监测点", "Water level gauge"],
  rain_gauge: ["雨量站", "Rain gauge"],
  road_weather: ["道路气象站", "Road weather station"],
  dust_monitor: ["扬尘监测仪", "Dust monitor"],
  illegal_stop: ["违停抓拍机", "Illegal-stop camera"],
};

export const KINDS = Object.keys(NAMES) as KindName[];

export function kindName(kind: string): string {
  const known = (NAMES as Partial<Record<string, [string, string]>>)[kind];
  return known ? known[lang.value === "zh" ? 0 : 1] : kind;
}
