/** Starts the app, and says what happens when it is opened, locked, left or emptied. */
import { onChange } from "./bus.js";
import * as day from "./day.js";
import * as device from "./device.js";
import * as drafts from "./drafts.js";
import { frame } from "./frame.js";
import * as idle from "./idle.js";
import * as lone from "./lone.js";
import * as newer from "./newer.js";
import { say, unsayPrivate } from "./notices.js";
import * as only from "./only.js";
import * as router from "./router.js";
import { check } from "./screens/check.js";
import { door } from "./screens/door.js";
import { guide, guides } from "./screens/guides.js";
import { leave } from "./screens/leave.js";
import { list } from "./screens/list.js";
import { lock } from "./screens/lock.js";
import { loneScreen } from "./screens/lone.js";
import { moment } from "./screens/moment.js";
import { newerScreen } from "./screens/newer.js";
import { part } from "./screens/part.js";
import { show } from "./screens/show.js";
import { unsent } from "./screens/unsent.js";
import { versions } from "./screens/versions.js";
import * as sending from "./sending.js";
import * as vault from "./vault.js";
import { watchForFiles } from "./words.js";

const LOOK = 15_000; // milliseconds between looking whether the key's time has come
const AGAIN = 5_000; // milliseconds until a lock that waits for a full phone is tried again

/** Fetch the day; what was sent before is in it now and need not lie here twice.
 * @returns {Promise<boolean>} was it fetched? */
async function refresh() {
  const before = drafts.sent();
  if (!(await day.fetchDay())) return false;
  await drafts.letGo(before);
  const over = (await vault.moments()).filter((id) => !day.moment(id));
  if (over.length) await notYours(over);
  router.redraw();
  return true;
}

/** Whoever pressed a button hears what became of it. */
async function refreshAndSay() {
  if (await refresh()) say("passing", "The list was fetched again.", "good");
  else say("passing", "The list could not be fetched. The one from before is still here: try again where there is signal.", "wrong");
}

/** The PIN was right. */
async function opened() {
  await only.take();
  await dropEnded();
  const records = await vault.readAll();
  day.take(records);
  drafts.take(records);
  lone.take(records);
  await drafts.learn();
  if (!day.current()) await refresh();
  router.uncover();
  await sending.askAgain();
  await refresh();
}

function forget() {
  day.forget();
  drafts.forget();
  lone.forget();
  unsayPrivate();
}

/** Show nothing at once; drop the key as soon as the last words are on the disk. */
function hide() {
  if (router.isCovered()) return;
  router.coverWith("lock");
  unsayPrivate();
  router.redraw();
  void dropKey();
}

async function dropKey() {
  const kept = await drafts.flush();
  if (router.name() !== "lock") return;
  if (!kept) {
    setTimeout(() => void dropKey(), AGAIN);
    return;
  }
  vault.lock();
  forget();
  only.letGo();
}

/** Another window asks for what this one has. */
function giveUp() {
  if (router.name() === "lock") void dropKey();
  else hide();
}

/** Another window did not wait for this one: what is newer here is kept beside what is there. */
function lost() {
  drafts.putAside();
  hide();
}

/** The key ends for good: by sign-out, by time, by wrong PINs. @param {string} why */
async function ended(why) {
  router.coverWith("door", { phase: "leaving" });
  // What another window has not saved yet is to be sent too.
  await only.take();
  await drafts.flush();
  await sending.alone(() => vault.end());
  forget();
  router.forget();
  device.forget();
  only.letGo();
  await drafts.count();
  await sending.sendNow();
  if (!router.args().why) router.coverWith("door", { why });
}

/** Nothing is left on this phone. @param {string} why */
function gone(why) {
  vault.lock();
  forget();
  only.letGo();
  router.forget();
  device.forget();
  if (why === "emptying") router.coverWith("door", { phase: "leaving" });
  // The door that is asking just now will find out by itself.
  if (why === "wiped" || router.args().phase === "no signal") router.coverWith("door", { why });
}

/** What has come to its own end goes by itself, without signal and behind the lock too. */
async function dropEnded(why = "the time for which you may see them has ended") {
  // The last words are on the disk first: they are sent, though they cannot be read here.
  if (!(await vault.hasEnded()) || (vault.isOpen() && !(await drafts.flush()))) return;
  const ended = await sending.alone(() => vault.dropEnded());
  const moments = day.drop(ended);
  const gone = [...moments, ...drafts.drop(moments)];
  await drafts.count();
  if (ended.length) say("over", `Somebody is no longer on this phone: ${why}. What you wrote is kept and is sent.`);
  if (!router.isCovered() && gone.includes(router.args().id)) router.home();
  void sending.sendNow();
}

/** The server says that these are closed to this worker, over, or somebody else's. @param {string[]} moments */
async function notYours(moments) {
  await vault.endNow(moments);
  await dropEnded("their moment is over or with somebody else now, or you may not see them any more");
}

async function lookAtTheTime() {
  if (!device.current()) return;
  if ((await vault.state()) === "over") await ended("over");
  else await dropEnded();
}

async function start() {
  const main = document.getElementById("main");
  if (!main) return;
  const screens = {
    door: door(() => void opened()),
    lock: lock({ opened, ended }),
    list: list(refreshAndSay),
    leave: leave(() => ended("signed out")),
    lone: loneScreen,
    check,
    guide,
    guides,
    moment,
    newer: newerScreen,
    part,
    show,
    unsent,
    versions,
  };
  router.start(screens, main, frame(hide));
  onChange(() => router.redraw());
  watchForFiles();
  idle.watch(hide, vault.isOpen);
  only.watch(giveUp, lost);
  const state = await vault.state();
  await device.load();
  // Also where the app was ended between removing the key and what follows from it.
  if (state === "over" || (state === "none" && device.current())) await vault.end();
  await device.load();
  await drafts.count();
  if (state === "there") await dropEnded();
  if (state === "there" && device.current()) router.coverWith("lock");
  else router.coverWith("door", state === "over" ? { why: "over" } : {});
  setInterval(() => void lookAtTheTime(), LOOK);
  await sending.start(gone, notYours);
}

void newer.watch();
void start();
