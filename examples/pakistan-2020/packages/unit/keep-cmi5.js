// Keeps the place by cmi5, through npm's @xapi/cmi5 (cmi5.js), which stands beside
// it. What is said goes out one after the other, in its order.
window.keep = (function () {
  'use strict';
  if (!new URLSearchParams(location.search).get('fetch')) return null;
  const cmi5 = new window.Cmi5();
  let line = Promise.resolve(), looking = false, over = false, said = {}, last = '';
  const then = (act) => (line = line.then(act).catch((e) => console.error(e)));
  const place = () => {
    const l = cmi5.getLaunchParameters();
    return { agent: l.actor, activityId: l.activityId, registration: l.registration, stateId: 'place' };
  };
  const write = () => cmi5.xapi.setState({ ...place(), state: { state: last, said } });
  return {
    async begin() {
      await cmi5.initialize();
      looking = cmi5.getLaunchData().launchMode !== 'Normal';
      const before = await cmi5.xapi.getState(place()).catch(() => null); // there is none at first
      if (before && before.data) {
        last = before.data.state || '';
        said = before.data.said || {};
      }
      const preferred = (cmi5.getLearnerPreferences() || {}).languagePreference || '';
      return { kept: last, language: preferred.split(',')[0], looking };
    },
    place(state, page, progress) {
      last = state;
      then(write);
      const percent = Math.floor(100 * progress);
      if (percent > (said.percent || 0) && percent < 100) then(() => cmi5.progress((said.percent = percent)));
    },
    answered(q) {
      const named = q.choices.map((c) => ({ id: c.id, description: { [q.lang]: c.text } }));
      then(() => cmi5.interactionChoice('questions', q.key, [q.given], [q.right], named, { [q.lang]: q.text }, undefined, q.given === q.right));
    },
    ended(r) {
      // Once in a registration each (cmi5 9.3): what is read again says it no more.
      if (r.asked && r.right * 100 >= 60 * r.asked && !said.passed) {
        said.passed = true;
        then(() => cmi5.pass({ scaled: r.right / r.asked, raw: r.right, min: 0, max: r.asked }));
      }
      if (!said.completed) {
        said.completed = true;
        then(() => cmi5.complete());
      }
      then(write);
    },
    leave() {
      if (over) return;
      over = true;
      then(() => cmi5.terminate()).then(() => {
        const back = cmi5.getLaunchData().returnURL;
        if (back) location.assign(back);
      });
    }
  };
})();
