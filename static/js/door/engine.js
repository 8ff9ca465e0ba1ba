// The door's engine: what the page at /door/ knows and does. No DOM here.
//
// import { Door } from "./engine.js";
//
// door = await Door.open({ version, fetch?, indexedDB?, now? })
//   never throws: where nothing can be stored, door.state.storage says so. `version` is a text that the server is told.
//
// door.state, a plain object, replaced whenever it changes ("change" fires then, once per task):
//   paired        bool
//   isRevoked     bool: the server told the device to wipe itself (true from the first word until it is paired again)
//   isEvicted     bool: the device was paired, but the browser has thrown its data away
//   isOutdated    bool: another tab runs a newer version; this one must be reloaded and reads nothing any more
//   device        {id, name, gate, list, is_help_desk, language} | null        as in the roster's header
//   event         {slug, name: {fi, sv, en}, ends_at} | null
//   lists         [{number, name: {…}, is_return_normal, opens_at, closes_at, expected}]
//   gates         [{id, name: {…}}]
//   roles         [{id, name: {…}}]
//   organisationTypes [{id, name}]      help desks
//   rehearsal     [{id, kind, expected: ["tone/reason"]}]
//   list          number of the chosen list | null
//   gate          id of the chosen gate | null
//   language      "fi" | "sv" | "en", the device's
//   isHelpDesk    bool
//   online        bool: the last request was answered
//   rosterAt      ms, server time of the last roster | null before the first
//   unsent        number of items in the queue
//   storage       "ok" | "full" | "unavailable"
//   clockOffset   ms, server time minus device time
//   arrivedHere   number of arrivals on the chosen list (all gates, as far as is known)
//   expected      number | null, of the chosen list
//   helpDeskPeople number of people that door.people() searches
//   recent        [{id, kind, at, list, gate, tone, reason, name, isAssistant, undone, canUndo, synced, certain, status,
//                 problem, isTest, passed}] newest first, at most 200; `at` in server ms; `name` is "" when it is no longer
//                 known (a reloaded page keeps nobody's name longer than an undo is possible); `status` "" or "broken";
//                 `problem` of a newcomer who could not be registered
//
// Events: "change"; "answer" with detail {scan, isLate}: the server's answer came, and scan (the object that read() gave)
//   has been brought up to date; isLate when it did not come as the live answer but later (another gate was first, the
//   registration had ended, a newcomer was registered); "wiped".
//
// A scan: {id, kind, tone, reason, person, isAssistant, since, gate, certain, rosterAt, isSame, isTest, expected, passed,
//          list, at, undone, synced, status, problem, isRemote, canLetIn, shown}
//   person     {registration, name, organisation, role, language, noPhoto, box} | null
//   since      server ms of the first arrival | null, gate: id of where that was | null
//   certain    false: the device's own word; true: the server has answered (or there is nothing to ask)
//   isSame     the same badge on this device within ten seconds: the earlier scan once more, nothing is written
//   isTest     a rehearsal's badge; expected ["tone/reason"], passed bool
//   at         server ms of the reading
//   shown      {tone, reason} as first shown; tone and reason follow the server's answer
//   status     "" | "broken" (kept by the server as a conflict), problem: text | ""
//
// await door.pair(token, name, language)   Error.code "used" | "offline" | "storage"
// await door.setList(number), door.setGate(id), door.setLanguage(code)
// await door.sync()                        sends and fetches now; never throws
// await door.read(text, {typed})           → scan; Error.code "storage" (nothing can be written, and the server does not
//                                            answer), "revoked", "unpaired", "outdated"
// await door.byName(person)                → scan of somebody out of people()
// await door.letIn(scanId)                 → scan with go/let_in; Error.code "not_possible" unless the tone is look or in
// await door.undo(scanId)                  → the scan, undone; Error.code "late" after 15 minutes, "not_possible"
// await door.walkIn({firstName, lastName, email, organisation, organisationType, language, photo})
//                                          → scan with go/admit; registered when it is sent ("answer" with
//                                            scan.person.registration or scan.problem)
// await door.toOnSite(scan)                → a new scan of the same badge; Error.code "full" | "not_possible" | "offline"
// await door.card(registration, isAssistant)  → the server's answer; Error.code "offline" | "forbidden" | "not_possible"
// door.people(query)                       → up to 30 {id, registration, isAssistant, name, organisation, role, language,
//                                            noPhoto, box, state, isRemote, lists}, without waiting
// await door.checkStorage()                → state.storage, tried anew
// await door.wipe()                        deletes everything on this device, without sending
// door.close()                             stops timers and listening
//
// Every Error thrown on purpose has .code as above; anything else is a defect.
// Words are the page's business: the engine hands out keys only.
