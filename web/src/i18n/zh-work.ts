/** Texts of the pages of work: springs, roster, silences, devices, the map. */

export const work = {
  springs: "名泉",
  springsFlow: "泉水喷涌",
  springLevel: "水位",
  sill: "出流高程",
  "line.yellow": "黄色警戒线",
  "line.orange": "橙色警戒线",
  "line.red": "红色警戒线",
  belowLine: "低于{line}",
  aboveLines: "高于各警戒线",
  noLines: "台账未载警戒线",
  flowsFor: "连续喷涌 {days} 天",
  flowsAtLeast: "至少连续喷涌 {days} 天",
  flowDaysUnknown: "连续喷涌天数未知",
} as const;
