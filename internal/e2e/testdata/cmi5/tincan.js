// What a package with tincan.xml does, on the library that stands below
// @xapi/cmi5.
import XAPI from "@xapi/xapi";

async function run() {
  const l = XAPI.getTinCanLaunchData();
  const xapi = new XAPI({ endpoint: l.endpoint, auth: l.auth, version: "1.0.3" });
  const activity = { objectType: "Activity", id: l.activity_id };
  const context = l.registration ? { registration: l.registration } : undefined;
  await xapi.setState({ agent: l.actor, activityId: l.activity_id, stateId: "bookmark", registration: l.registration, state: { page: 3 } });
  const verb = (name) => ({ id: "http://adlnet.gov/expapi/verbs/" + name, display: { en: name } });
  await xapi.sendStatement({ statement: { actor: l.actor, verb: verb("attempted"), object: activity, context } });
  await xapi.sendStatement({
    statement: { actor: l.actor, verb: verb("passed"), object: activity, context, result: { success: true, completion: true, score: { scaled: 0.85 }, duration: "PT2M" } },
  });
  document.body.textContent = "ended";
}

run().catch((e) => (document.body.textContent = "failed: " + (e?.response?.data ? JSON.stringify(e.response.data) : e)));
