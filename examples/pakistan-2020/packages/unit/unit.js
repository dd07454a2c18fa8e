// A unit: the pages of each language, one at a time, with what is ticked and
// answered on them. Whoever launched it keeps the place, by the keeper that stands
// beside it (keep.js); opened by hand it keeps nothing, and says so.
(function () {
  'use strict';

  const words = {
    en: {
      name: 'English', where: 'Page @at of @all', back: 'Page before', on: 'Go on', end: 'I have read this', check: 'Check',
      right: 'That is right.', wrong: 'Not this one.', choose: 'Choose one first.',
      ended: 'You have come to the end', result: '@right of @of answers were right.', ticked: '@right of @of points are ticked.',
      close: 'It is kept. You can leave now, or read it again.', look: 'This is a look: nothing is kept.',
      again: 'Read it again', leave: 'Leave', unkept: 'Nothing is kept: the unit was opened by itself.'
    },
    ur: {
      name: 'اردو', where: 'صفحہ @at، کل @all', back: 'پچھلا صفحہ', on: 'آگے', end: 'میں نے یہ پڑھ لیا', check: 'دیکھیں',
      right: 'درست۔', wrong: 'یہ نہیں۔', choose: 'پہلے ایک منتخب کریں۔',
      ended: 'آپ آخر تک پہنچ گئیں', result: '@of میں سے @right جواب درست تھے۔', ticked: '@of میں سے @right نکات پر نشان لگا ہے۔',
      close: 'یہ محفوظ ہے۔ اب آپ جا سکتی ہیں، یا دوبارہ پڑھ سکتی ہیں۔', look: 'آپ صرف دیکھ رہی ہیں: کچھ محفوظ نہیں ہو گا۔',
      again: 'دوبارہ پڑھیں', leave: 'واپس جائیں', unkept: 'کچھ محفوظ نہیں ہو گا: یونٹ الگ سے کھولا گیا ہے۔'
    }
  };

  const nobody = { begin: () => Promise.resolve({ kept: '', trouble: 'unkept' }), place() {}, answered() {}, ended() {}, leave: null };
  const keep = window.keep || nobody;
  const main = document.querySelector('main');
  const articles = [...main.querySelectorAll('article')];
  const all = articles[0].querySelectorAll('section').length;
  // What is kept: the page, the furthest page, the language, ticks and answers.
  const state = { p: 0, f: 0, l: articles[0].lang, t: [], c: {}, e: false };
  let looking = false;
  main.hidden = true; // until it is known where she is

  const say = (key, of) => words[state.l][key].replace(/@(\w+)/g, (_, name) => String(of[name]));
  const article = () => articles.find((a) => a.lang === state.l);
  const add = (parent, name, text, kind) => {
    const e = document.createElement(name);
    if (text) e.textContent = text;
    if (kind) e.className = kind;
    parent.append(e);
    return e;
  };
  const press = (parent, text, act, kind) => {
    const b = add(parent, 'button', text, kind);
    b.type = 'button';
    b.addEventListener('click', act);
    return b;
  };

  const top = document.createElement('div');
  top.className = 'top';
  const end = document.createElement('section');
  const ways = document.createElement('div');
  ways.className = 'ways';
  main.prepend(top);
  main.append(end, ways);

  const questions = () => [...article().querySelectorAll('fieldset[data-question]')];
  const right = (q) => state.c[q.dataset.question] === q.dataset.right;

  function note() {
    if (!looking) keep.place(JSON.stringify(state), article().querySelectorAll('section')[Math.min(state.p, all - 1)].dataset.page, state.e ? 1 : state.f / all);
  }

  function to(page) {
    state.p = page;
    state.f = Math.max(state.f, Math.min(page, all));
    if (page === all && !state.e) {
      state.e = true;
      const qs = questions();
      if (!looking) keep.ended({ asked: qs.length, right: qs.filter(right).length });
    }
    note();
    draw(true);
  }

  function draw(moved) {
    const a = article();
    document.documentElement.lang = a.lang;
    document.documentElement.dir = a.dir || 'ltr';
    document.title = a.dataset.title;
    articles.forEach((x) => (x.hidden = x !== a || state.p >= all));
    a.querySelectorAll('section').forEach((s, n) => (s.hidden = n !== state.p));
    top.textContent = ways.textContent = end.textContent = '';
    add(top, 'p', state.p < all ? say('where', { at: state.p + 1, all }) : a.dataset.title, 'where');
    articles.filter((x) => x !== a).forEach((x) => {
      const b = press(top, words[x.lang].name, () => {
        state.l = x.lang;
        note();
        draw(true);
      });
      b.lang = x.lang;
    });
    if (state.p >= all) {
      finish();
    } else {
      if (state.p > 0) press(ways, say('back'), () => to(state.p - 1));
      press(ways, say(state.p + 1 < all ? 'on' : 'end'), () => to(state.p + 1), 'on');
    }
    a.querySelectorAll('[data-tick]').forEach((x) => (x.checked = state.t.includes(x.dataset.tick)));
    questions().forEach(shown);
    const heading = (state.p < all ? a.querySelectorAll('section')[state.p] : end).querySelector('h1');
    heading.tabIndex = -1;
    if (moved) {
      heading.focus();
      scrollTo(0, 0);
    }
  }

  function finish() {
    add(end, 'h1', say('ended'));
    const qs = questions(), ticks = article().querySelectorAll('[data-tick]');
    if (qs.length) add(end, 'p', say('result', { right: qs.filter(right).length, of: qs.length }));
    if (ticks.length) add(end, 'p', say('ticked', { right: state.t.length, of: ticks.length }));
    add(end, 'p', say(keep === nobody ? 'unkept' : looking ? 'look' : 'close'));
    if (keep.leave) press(ways, say('leave'), () => keep.leave(), 'on');
    press(ways, say('again'), again);
  }

  // Whoever missed something may try it again; what was right stays.
  function again() {
    questions().forEach((q) => {
      if (!right(q)) delete state.c[q.dataset.question];
    });
    state.e = questions().every(right);
    to(0);
  }

  function shown(q) {
    const given = state.c[q.dataset.question];
    q.querySelectorAll('input').forEach((x) => {
      x.checked = x.value === given;
      x.disabled = given !== undefined;
      x.closest('label').classList.toggle('given', x.value === given);
    });
    const said = q.querySelector('.says');
    q.querySelector('button').hidden = given !== undefined;
    said.textContent = '';
    if (given !== undefined) add(said, 'p', say(right(q) ? 'right' : 'wrong') + ' ' + q.querySelector('input:checked').dataset.says);
  }

  function choose(q) {
    const x = q.querySelector('input:checked');
    if (!x) {
      q.querySelector('.says').textContent = say('choose');
      q.querySelector('input').focus();
      return;
    }
    state.c[q.dataset.question] = x.value;
    if (!looking) {
      const text = (e) => e.textContent.trim();
      keep.answered({
        key: q.dataset.question, lang: state.l, text: text(q.querySelector('legend')), given: x.value, right: q.dataset.right,
        choices: [...q.querySelectorAll('input')].map((i) => ({ id: i.value, text: text(i.closest('label')) }))
      });
    }
    note();
    shown(q);
    const said = q.querySelector('.says');
    said.tabIndex = -1;
    said.focus();
  }

  main.querySelectorAll('fieldset[data-question]').forEach((q) => {
    press(q, words[q.closest('article').lang].check, () => choose(q));
    add(q, 'div', '', 'says').setAttribute('role', 'status');
  });
  main.addEventListener('change', (e) => {
    const tick = e.target.dataset.tick;
    if (!tick) return;
    state.t = state.t.filter((t) => t !== tick);
    if (e.target.checked) state.t.push(tick);
    note();
  });

  keep.begin().catch((e) => {
    console.error(e);
    return { kept: '', trouble: 'unkept', looking: true };
  }).then((b) => {
    main.hidden = false;
    looking = Boolean(b.looking);
    if (b.language && articles.some((a) => a.lang === b.language)) state.l = b.language;
    try {
      Object.assign(state, JSON.parse(b.kept || '{}'));
    } catch (_) {
      // What was kept is not ours: she begins at the beginning.
    }
    if (looking) Object.assign(state, { p: 0, e: true });
    draw(false);
    if (b.trouble) add(top, 'p', say(b.trouble), 'hint');
  });
})();
