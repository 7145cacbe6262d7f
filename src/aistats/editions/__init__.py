"""Editions: notebooks and parameters in, one published report out, that can be verified.

:mod:`~aistats.editions.inputs` gathers what an edition is made from, by content;
:mod:`~aistats.editions.notebooks` runs what has changed; :mod:`~aistats.editions.composing` makes
the files; :mod:`~aistats.editions.publishing` puts them in their place in one step, or not at all;
:mod:`~aistats.editions.building` does it all. :mod:`~aistats.editions.verifying` holds an edition
against its manifest and its inputs, and :mod:`~aistats.editions.starting` begins the next one. What
loads slowly is imported where it is needed: a build that has nothing to do should take no time.
"""
