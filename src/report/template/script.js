"use strict";
(function () {
  var cards = Array.prototype.slice.call(document.querySelectorAll("#claims .card"));
  var form = document.getElementById("filter");
  var text = document.getElementById("filter-text");
  var verdict = document.getElementById("filter-verdict");
  var weight = document.getElementById("filter-weight");
  var count = document.getElementById("filter-count");
  var none = document.getElementById("filter-none");

  function matches(card) {
    var words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    var content = card.textContent.toLowerCase();
    return (!verdict.value || card.dataset.verdict === verdict.value) &&
      (!weight.value || card.dataset.weight === weight.value) &&
      words.every(function (word) { return content.indexOf(word) >= 0; });
  }

  function filter() {
    var shown = 0;
    cards.forEach(function (card) {
      var match = matches(card);
      card.hidden = !match;
      shown += match ? 1 : 0;
    });
    var folded = document.getElementById("folded");
    if (folded) {
      if (text.value || verdict.value || weight.value) { folded.open = true; }
      folded.hidden = !folded.querySelector(".card:not([hidden])");
    }
    count.textContent = shown === cards.length ? "" : shown + " of " + cards.length + " claims";
    none.hidden = shown > 0;
  }

  function reveal() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    if (target.hidden) {
      text.value = ""; verdict.value = ""; weight.value = "";
      filter();
    }
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    target.scrollIntoView();
  }

  if (form && cards.length > 1) {
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    [text, verdict, weight].forEach(function (control) {
      control.addEventListener("input", filter);
      control.addEventListener("change", filter);
    });
    window.addEventListener("hashchange", reveal);
    reveal();
  }

  function select(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-copy]"), function (element) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    button.setAttribute("aria-label", "Copy " + element.textContent.slice(0, 60));
    button.addEventListener("click", function () {
      var done = function () {
        button.textContent = "copied";
        setTimeout(function () { button.textContent = "copy"; }, 1500);
      };
      if (navigator.clipboard) {
        navigator.clipboard.writeText(element.textContent).then(done, function () { select(element); });
      } else {
        select(element);
      }
    });
    element.insertAdjacentElement("afterend", button);
  });

  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (details) { details.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (details) { details.open = false; });
  });
})();
