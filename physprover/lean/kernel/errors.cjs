// How a check ends when it does not end well.
"use strict";

class Refused extends Error {} // the input is wrong: the judgement does not hold
class Malformed extends Error {} // the input is no declaration at all: truncated, a row that refers to a later one, a wrong field
class Exhausted extends Error { // the input may be right, but deciding it takes more than it is given
  constructor(resource, text) { super(text); this.resource = resource; } // steps | memory | depth
}

class Unknown extends Error { // what is asked for was never sent, or is kept no more
  constructor(digests) { super("pieces of a header that are not known"); this.digests = digests; }
}

module.exports = { Refused, Malformed, Exhausted, Unknown };
