import type { Language } from '../http/handlers.ts'

type Words = Readonly<Record<Language, readonly [message: string, cure?: string]>>

/** What can be wrong with what other systems send, and what would cure it. */
export const findingWords = {
  // lists
  'heading-unknown': { zh: ['不认识的列“{what}”，未读取'], en: ['Column “{what}” is not known and was not read'] },
  'heading-twice': { zh: ['列“{what}”出现两次', '删去其中一列'], en: ['Column “{what}” stands there twice', 'Delete one of them'] },
  'heading-missing': { zh: ['缺少列“{what}”', '加上该列；可用的列名：{accepted}'], en: ['Column “{what}” is missing', 'Add it; any of these headings will do: {accepted}'] },
  'no-rows': { zh: ['表中没有数据行', '标题行之下每个事件写一行'], en: ['There is no row below the heading', 'Write one row an event below it'] },
  'cell-missing': { zh: ['“{what}”为空', '填上后重新上传'], en: ['“{what}” is empty', 'Fill it in and send the file again'] },
  'cell-too-long': { zh: ['“{what}”超过 {longest} 个字符'], en: ['“{what}” is longer than {longest} characters'] },
  'container-shape': { zh: ['箱号不合格式', '四个字母（第四个为 U、J 或 Z）加七位数字'], en: ['This is no container number', 'Four letters, the last U, J or Z, and seven digits'] },
  'container-check-digit': { zh: ['箱号校验位不符', '如前十位无误，应为 {expected}'], en: ['The check digit of the container number does not fit', 'If the first ten are right it is {expected}'] },
  'event-unknown': { zh: ['不认识的事件“{what}”', '可写：进场、出场、装车、卸车、装船、卸船、发车、到达、海关放行等，或 GTIN、LOAD 等代码'], en: ['Event “{what}” is not known', 'Write gate in, gate out, load, discharge, departure, arrival, customs release and the like, or a code such as GTIN'] },
  'event-needs-box': { zh: ['事件“{what}”须有箱号'], en: ['Event “{what}” needs a container number'] },
  'time-shape': { zh: ['读不出时间“{what}”', '写成 2026-11-24 08:30'], en: ['The time “{what}” cannot be read', 'Write it as 2026-11-24 08:30'] },
  'time-without-clock': { zh: ['只有日期，没有时刻', '写成 2026-11-24 08:30'], en: ['A date without a time of day', 'Write it as 2026-11-24 08:30'] },
  'time-not-there': { zh: ['该时区没有这一时刻（夏令时切换）', '写明时差，如 2026-03-29T02:30+02:00'], en: ['The zone has no such time (clocks go forward)', 'Write the offset along, as 2026-03-29T02:30+02:00'] },
  'place-code-shape': { zh: ['“{what}”不是 UN/LOCODE', '五位代码，如 CNLYA；或写地名'], en: ['“{what}” is no UN/LOCODE', 'Five characters, such as CNLYA; or give the name of the place'] },
  'place-not-known': { zh: ['不认识地点“{what}”，按原样记名', '加上 UN/LOCODE，才能与计划和其他来源对上'], en: ['Place “{what}” is not known and was kept by its name', 'Give its UN/LOCODE too, so that it can be matched with plans and other reports'] },
  'empty-unknown': { zh: ['看不懂空重“{what}”', '写 空 或 重（E / F）'], en: ['“{what}” says neither empty nor laden', 'Write E or F (空 or 重)'] },
  'empty-not-told': { zh: ['没有空重列：全部按重箱记', '加上“空重”列'], en: ['There is no column for empty or laden: all boxes were taken as laden', 'Add a column “Empty”'] },
  // interchanges
  'interchange-cut-short': { zh: ['报文不完整：最后一段没有结束符', '取回完整文件后重发'], en: ['The interchange is cut short: its last segment has no terminator', 'Fetch the whole file and send it again'] },
  'no-interchange': { zh: ['没有找到 UNB 段：不是 EDIFACT 报文'], en: ['There is no UNB segment: this is no EDIFACT interchange'] },
  'message-not-taken': { zh: ['不接收 {what} 报文', '可接收 COARRI 和 CODECO'], en: ['{what} messages are not taken', 'COARRI and CODECO are'] },
  'message-outside': { zh: ['{what} 段不在任何报文之内', '每个报文以 UNH 开始，以 UNT 结束'], en: ['Segment {what} stands outside of any message', 'A message begins with UNH and ends with UNT'] },
  'document-code-unknown': { zh: ['不认识的报文名代码“{what}”（BGM）', 'COARRI 用 44 卸船、46 装船，CODECO 用 34 进场、36 出场'], en: ['Document name code “{what}” (BGM) is not known', 'COARRI has 44 discharged and 46 loaded, CODECO 34 gate in and 36 gate out'] },
  'function-unknown': { zh: ['不认识的报文功能“{what}”（BGM 1225）', '9 原始、1 撤销、5 更换、2 增加'], en: ['Message function “{what}” (BGM 1225) is not known', '9 original, 1 cancellation, 5 replacement, 2 addition'] },
  'replaces-nothing': { zh: ['更换报文（功能 5）中的事实已记入，旧事实仍在', '要撤回旧事实，请用功能 1 重发原报文'], en: ['A replacement (function 5): its facts were taken, those it replaces still stand', 'To take them back send the old message again with function 1'] },
  'segment-missing': { zh: ['缺少 {what} 段'], en: ['Segment {what} is missing'] },
  'segment-count': { zh: ['段数不符：UNT 写 {told}，实有 {counted}', '核对发送方是否漏发'], en: ['UNT tells {told} segments, there are {counted}', 'Ask the sender whether something was lost'] },
  'message-unclosed': { zh: ['报文没有 UNT 段：整个报文未接收', '取回完整文件后重发'], en: ['The message has no UNT: none of it was taken', 'Fetch the whole file and send it again'] },
  'equipment-not-box': { zh: ['设备类别“{what}”不是集装箱，未接收', 'EQD 用 CN'], en: ['Equipment “{what}” is no container and was not taken', 'EQD has CN for containers'] },
  'edi-time-missing': { zh: ['没有时间（DTM {what}）', '在该箱的 EQD 之后加 DTM+{what}:203'], en: ['There is no time (DTM {what})', 'Add DTM+{what} with format 203 after the EQD of the box'] },
  'edi-time-shape': { zh: ['时间“{what}”不合格式代码', '格式 203：202611240830；102：20261124'], en: ['Time “{what}” does not fit its format code', 'Format 203: 202611240830; 102: 20261124'] },
  'edi-date-only': { zh: ['只有日期（格式 102）：按当天零点记', '用格式 203 写明时刻'], en: ['A date alone (format 102): taken as the first minute of that day', 'Tell the time too, in format 203'] },
  'edi-place-unknown': { zh: ['地点“{what}”（LOC）不是 UN/LOCODE', 'LOC 用 UN/LOCODE（代码表 139），如 CNQDP:139:6'], en: ['Place “{what}” (LOC) is no UN/LOCODE', 'LOC has a UN/LOCODE (code list 139), as in CNQDP:139:6'] },
  'edi-place-missing': { zh: ['没有作业地点（LOC {what}）', '在报文头或该箱之后加 LOC'], en: ['Where it happened is missing (LOC {what})', 'Add the LOC to the head of the message or after the box'] },
  'edi-empty-missing': { zh: ['EQD 没有空重标志（8169）：按重箱记', '4 空，5 重'], en: ['EQD does not tell empty or full (8169): taken as laden', '4 empty, 5 full'] },
  // the event itself
  'not-an-event': { zh: ['事件不合格式：{what}'], en: ['Not a valid event: {what}'] },
} as const satisfies Record<string, Words>

export type FindingCode = keyof typeof findingWords
