"""Build, publish and verify editions: from data and notebooks to one published report.

:mod:`~aistats.editions.inputs` collects what an edition is made from, by content;
:mod:`~aistats.editions.notebooks` runs what has changed; :mod:`~aistats.editions.composing` makes
the files; :mod:`~aistats.editions.publishing` moves them into place, whole or not at all;
:mod:`~aistats.editions.building` calls these in turn. :mod:`~aistats.editions.verifying` compares
an edition with its manifest and its inputs, and :mod:`~aistats.editions.starting` begins the next
one. Modules that load slowly are imported where they are needed, so that a build with nothing to do
takes no time.
"""
