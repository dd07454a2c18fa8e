// A unit as somebody else would write it: on the AU side of @xapi/cmi5, which
// knows the specification and nothing of Cadre.
import Cmi5 from "@xapi/cmi5";

const say = (text) => (document.body.textContent = text);

async function run() {
  const cmi5 = new Cmi5();
  await cmi5.initialize();
  const l = cmi5.getLaunchParameters();
  const place = { agent: l.actor, activityId: l.activityId, stateId: "place", registration: l.registration };
  if (document.body.dataset.unit === "lesson") {
    await cmi5.complete();
    await cmi5.terminate();
    return leave(cmi5);
  }
  // The test is left in its middle the first time, and gone on with the next.
  const before = await cmi5.xapi.getState(place).catch(() => undefined);
  if (!before?.data?.question) {
    await cmi5.xapi.setState({ ...place, state: { question: 2, note: "دوسرا سوال" } });
    await cmi5.progress(50);
    await cmi5.terminate();
    return leave(cmi5);
  }
  if (before.data.note !== "دوسرا سوال") throw new Error("what was kept came back as " + before.data.note);
  await cmi5.interactionChoice("test", "q2", ["b"], ["b"], undefined, { en: "Which of these?" }, undefined, true);
  await cmi5.pass({ scaled: 0.9, raw: 9, min: 0, max: 10 });
  await cmi5.complete();
  await cmi5.terminate();
  leave(cmi5);
}

function leave(cmi5) {
  const to = cmi5.getLaunchData().returnURL;
  if (to) location.assign(to);
  else say("ended");
}

run().catch((e) => say("failed: " + (e?.response?.data ? JSON.stringify(e.response.data) : e)));
