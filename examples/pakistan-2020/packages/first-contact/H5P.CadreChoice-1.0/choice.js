var H5P = H5P || {};

/**
 * Scenes, one after the other, each with one choice and what follows from it.
 * What was chosen is remembered, and given back when the content is opened again.
 */
H5P.CadreChoice = (function () {
  'use strict';

  /**
   * @param {object} params as semantics.json has it
   * @param {number} contentId
   * @param {object} extras with the state of an earlier visit in previousState
   */
  function CadreChoice(params, contentId, extras) {
    H5P.EventDispatcher.call(this);
    this.contentId = contentId;
    this.params = params;
    this.scenes = params.scenes || [];
    this.chosen = {}; // by the scene's id: the number of the option
    this.at = 0; // the scene shown; behind the last one stands the result
    var before = extras && extras.previousState;
    if (before && before.chosen) {
      for (var i = 0; i < this.scenes.length; i++) {
        var n = before.chosen[this.scenes[i].id];
        if (typeof n === 'number' && this.scenes[i].options[n]) this.chosen[this.scenes[i].id] = n;
      }
      this.at = Math.min(Math.max(Number(before.at) || 0, 0), this.scenes.length);
    }
  }

  CadreChoice.prototype.attach = function ($container) {
    this.root = document.createElement('div');
    this.root.className = 'cadre-choice';
    $container.get(0).appendChild(this.root);
    this.setActivityStarted();
    this.draw(false);
  };

  /** Shows the scene, or the result. Where she came by a button, the heading takes the focus. */
  CadreChoice.prototype.draw = function (moved) {
    var self = this;
    var words = this.params.words;
    this.root.textContent = '';
    var heading = append(this.root, 'h2', '');
    heading.tabIndex = -1;
    if (this.at >= this.scenes.length) {
      heading.textContent = words.result.replace('@score', this.getScore()).replace('@max', this.getMaxScore());
      button(this.root, words.again, function () {
        self.resetTask();
      });
    } else {
      this.drawScene(this.scenes[this.at], heading);
    }
    if (moved) heading.focus();
    this.trigger('resize');
  };

  CadreChoice.prototype.drawScene = function (scene, heading) {
    var self = this;
    var words = this.params.words;
    heading.textContent = words.scene.replace('@number', this.at + 1).replace('@count', this.scenes.length);
    if (this.at === 0 && this.params.introduction) append(this.root, 'p', this.params.introduction);
    var set = append(this.root, 'fieldset', '');
    append(set, 'legend', scene.situation);
    var given = this.chosen[scene.id];
    scene.options.forEach(function (option, n) {
      var label = append(set, 'label', '');
      var input = append(label, 'input', '');
      input.type = 'radio';
      input.name = 'cadre-choice-' + self.contentId + '-' + scene.id;
      input.value = String(n);
      input.checked = n === given;
      input.disabled = given !== undefined;
      if (n === given) label.className = 'cadre-choice-given';
      append(label, 'span', option.text);
    });
    var said = append(this.root, 'div', '');
    said.setAttribute('role', 'status');
    if (given === undefined) {
      button(this.root, words.check, function () {
        var input = set.querySelector('input:checked');
        if (input) self.choose(scene, Number(input.value));
        else set.querySelector('input').focus();
      });
      return;
    }
    var option = scene.options[given];
    append(said, 'p', (option.correct ? words.right : words.wrong) + (option.feedback ? ' ' + option.feedback : ''));
    button(this.root, this.at + 1 < this.scenes.length ? words.next : words.finish, function () {
      self.at++;
      if (self.at === self.scenes.length) self.complete();
      self.draw(true);
    });
  };

  CadreChoice.prototype.choose = function (scene, n) {
    this.chosen[scene.id] = n;
    this.trigger(this.answered(scene));
    var progress = this.createXAPIEventTemplate('progressed');
    progress.data.statement.result = { extensions: { 'https://w3id.org/xapi/cmi5/result/extensions/progress': Math.floor(100 * this.count() / this.scenes.length) } };
    this.trigger(progress);
    this.draw(false);
    this.root.querySelector('button').focus();
  };

  /** The statement that a scene was answered. */
  CadreChoice.prototype.answered = function (scene) {
    var event = this.createXAPIEventTemplate('answered');
    var st = event.data.statement;
    var whole = st.object.id;
    var given = scene.options[this.chosen[scene.id]];
    st.object = {
      id: whole + '?subContentId=' + encodeURIComponent(scene.id),
      objectType: 'Activity',
      definition: {
        type: 'http://adlnet.gov/expapi/activities/cmi.interaction',
        interactionType: 'choice',
        description: { 'en-US': scene.situation },
        choices: scene.options.map(function (option, n) {
          return { id: String(n), description: { 'en-US': option.text } };
        }),
        correctResponsesPattern: scene.options.reduce(function (all, option, n) {
          return option.correct ? all.concat(String(n)) : all;
        }, []),
        extensions: { 'http://h5p.org/x-api/h5p-local-content-id': this.contentId, 'http://h5p.org/x-api/h5p-subContentId': scene.id }
      }
    };
    st.context = st.context || {};
    st.context.contextActivities = st.context.contextActivities || {};
    st.context.contextActivities.parent = [{ id: whole, objectType: 'Activity' }];
    event.setScoredResult(given.correct ? 1 : 0, 1, this, true, Boolean(given.correct));
    st.result.response = String(this.chosen[scene.id]);
    return event;
  };

  CadreChoice.prototype.complete = function () {
    this.triggerXAPIScored(this.getScore(), this.getMaxScore(), 'completed', true, this.passed());
  };

  CadreChoice.prototype.passed = function () {
    return 100 * this.getScore() >= (Number(this.params.passPercentage) || 0) * this.getMaxScore();
  };

  CadreChoice.prototype.count = function () {
    return Object.keys(this.chosen).length;
  };

  // What H5P asks of a content that gives points.

  CadreChoice.prototype.getScore = function () {
    var self = this;
    return this.scenes.filter(function (scene) {
      var option = scene.options[self.chosen[scene.id]];
      return Boolean(option && option.correct);
    }).length;
  };

  CadreChoice.prototype.getMaxScore = function () {
    return this.scenes.length;
  };

  CadreChoice.prototype.getAnswerGiven = function () {
    return this.count() > 0;
  };

  CadreChoice.prototype.showSolutions = function () {};

  CadreChoice.prototype.resetTask = function () {
    this.chosen = {};
    this.at = 0;
    if (this.root) this.draw(true);
  };

  CadreChoice.prototype.getXAPIData = function () {
    var self = this;
    var event = this.createXAPIEventTemplate('completed');
    event.setScoredResult(this.getScore(), this.getMaxScore(), this, true, this.passed());
    return {
      statement: event.data.statement,
      children: this.scenes.filter(function (scene) {
        return self.chosen[scene.id] !== undefined;
      }).map(function (scene) {
        return { statement: self.answered(scene).data.statement };
      })
    };
  };

  // H5P asks for it whenever it saves.
  CadreChoice.prototype.getCurrentState = function () {
    return this.count() === 0 && this.at === 0 ? undefined : { chosen: this.chosen, at: this.at };
  };

  function append(parent, name, text) {
    var e = document.createElement(name);
    if (text) e.textContent = text;
    parent.appendChild(e);
    return e;
  }

  function button(parent, text, act) {
    var b = append(parent, 'button', text);
    b.type = 'button';
    b.addEventListener('click', act);
  }

  return CadreChoice;
})();
