// Keeps the place by SCORM 2004: the run time is window.API_1484_11 of a window
// above, or of the one that opened this one (SCORM 2004 4th Edition RTE, 3.3.1).
window.keep = (function () {
  'use strict';
  const find = (w) => {
    for (let n = 0; w && n < 20; n++, w = w.parent) {
      if (w.API_1484_11) return w.API_1484_11;
      if (w === w.parent) return null;
    }
    return null;
  };
  const api = find(window) || (window.opener ? find(window.opener) : null);
  if (!api) return null;
  const began = Date.now();
  let over = false, looking = false;
  const set = (name, value) => api.SetValue(name, String(value));
  const share = (x) => String(Math.round(x * 1e4) / 1e4);
  const time = () => set('cmi.session_time', 'PT' + Math.round((Date.now() - began) / 1000) + 'S');
  return {
    begin() {
      api.Initialize('');
      looking = ['browse', 'review'].includes(api.GetValue('cmi.mode'));
      if (!looking) {
        if (api.GetValue('cmi.completion_status') !== 'completed') set('cmi.completion_status', 'incomplete');
        set('cmi.exit', 'suspend');
        api.Commit('');
      }
      addEventListener('pagehide', () => {
        if (over) return;
        over = true;
        if (!looking) time();
        api.Terminate('');
      });
      return Promise.resolve({ kept: api.GetValue('cmi.suspend_data'), language: api.GetValue('cmi.learner_preference.language'), looking });
    },
    place(state, page, progress) {
      set('cmi.suspend_data', state);
      set('cmi.location', page);
      set('cmi.progress_measure', share(progress));
      api.Commit('');
    },
    answered(q) {
      const at = 'cmi.interactions.' + (Number(api.GetValue('cmi.interactions._count')) || 0) + '.';
      set(at + 'id', q.key);
      set(at + 'type', 'choice');
      set(at + 'correct_responses.0.pattern', q.right);
      set(at + 'learner_response', q.given);
      set(at + 'result', q.given === q.right ? 'correct' : 'incorrect');
      set(at + 'description', '{lang=' + q.lang + '}' + q.text.slice(0, 200));
    },
    ended(r) {
      if (r.asked) {
        set('cmi.score.min', 0);
        set('cmi.score.max', r.asked);
        set('cmi.score.raw', r.right);
        set('cmi.score.scaled', share(r.right / r.asked));
        const mark = Number(api.GetValue('cmi.scaled_passing_score')) || 0;
        set('cmi.success_status', r.right / r.asked >= mark ? 'passed' : 'failed');
      }
      set('cmi.progress_measure', 1);
      set('cmi.completion_status', 'completed');
      set('cmi.exit', 'normal');
      time();
      api.Commit('');
    }
  };
})();
