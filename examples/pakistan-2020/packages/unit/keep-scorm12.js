// Keeps the place by SCORM 1.2: the run time is window.API of a window above, or
// of the one that opened this one (SCORM 1.2 RTE, 3.3.6.1).
window.keep = (function () {
  'use strict';
  const find = (w) => {
    for (let n = 0; w && n < 20; n++, w = w.parent) {
      if (w.API) return w.API;
      if (w === w.parent) return null;
    }
    return null;
  };
  const api = find(window) || (window.opener ? find(window.opener) : null);
  if (!api) return null;
  const began = Date.now();
  let over = false, looking = false;
  const set = (name, value) => api.LMSSetValue(name, String(value));
  const two = (n) => String(Math.floor(n)).padStart(2, '0');
  function time() {
    const s = (Date.now() - began) / 1000;
    set('cmi.core.session_time', [two(s / 3600), two((s / 60) % 60), two(s % 60)].join(':'));
  }
  return {
    begin() {
      api.LMSInitialize('');
      looking = ['browse', 'review'].includes(api.LMSGetValue('cmi.core.lesson_mode'));
      if (!looking) {
        if (!['completed', 'passed'].includes(api.LMSGetValue('cmi.core.lesson_status'))) set('cmi.core.lesson_status', 'incomplete');
        set('cmi.core.exit', 'suspend');
        api.LMSCommit('');
      }
      addEventListener('pagehide', () => {
        if (over) return;
        over = true;
        if (!looking) time();
        api.LMSFinish('');
      });
      return Promise.resolve({ kept: api.LMSGetValue('cmi.suspend_data'), language: api.LMSGetValue('cmi.student_preference.language'), looking });
    },
    place(state, page) {
      set('cmi.suspend_data', state);
      set('cmi.core.lesson_location', page);
      time();
      api.LMSCommit('');
    },
    answered(q) {
      const at = 'cmi.interactions.' + (Number(api.LMSGetValue('cmi.interactions._count')) || 0) + '.';
      set(at + 'id', q.key);
      set(at + 'type', 'choice');
      set(at + 'correct_responses.0.pattern', q.right);
      set(at + 'student_response', q.given);
      set(at + 'result', q.given === q.right ? 'correct' : 'wrong');
    },
    ended(r) {
      if (r.asked) {
        set('cmi.core.score.min', 0);
        set('cmi.core.score.max', 100);
        set('cmi.core.score.raw', Math.round((100 * r.right) / r.asked));
      }
      set('cmi.core.lesson_status', 'completed');
      set('cmi.core.exit', '');
      time();
      api.LMSCommit('');
    }
  };
})();
