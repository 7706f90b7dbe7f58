"""An author that answers through HTTP: it knows the cases and words them by the offline rule."""

import re
from itertools import islice
from types import SimpleNamespace

from benchwright.generators.synthetic.offline import OfflineAuthor
from benchwright.generators.synthetic.seeds import Seed
from benchwright.generators.synthetic.texts import pack_texts
from benchwright.pipeline.seeds import family_seeds, read_seeds

REPAIR = re.compile(r"\[\[ ## given ## \]\]\n(.*?)\n\n\[\[ ## wrong ## \]\]", re.DOTALL)


def author(run, per_family=40):
    """Return an answer function for `OpenAIServer` that writes what the brief asks for.

    Asked to mend a reply, it gives the reply back as it was.
    """
    fixed = pack_texts(run.pack.spec.constants)
    dimensions = {item.name: item for item in run.pack.spec.dimensions}
    seeds = {}
    for path in run.pack.families:
        for task in islice(family_seeds(run, run.family(path)), per_family):
            seeds[task.id] = Seed.of(task, dimensions[task.dimension], fixed=fixed)
    wanted = run.project.config.author.synthetic
    if wanted is not None and wanted.traces:
        pool = read_seeds(run, wanted)
        seeds |= {seed.task.id: seed for listed in pool.traces.values() for seed in listed}
    writer = OfflineAuthor(seeds)

    def answer(body):
        given = REPAIR.search(body["messages"][-1]["content"])
        if given:
            return given[1]
        turns = [SimpleNamespace(content=turn["content"]) for turn in body["messages"]]
        return writer.answer(SimpleNamespace(messages=turns))

    return answer


def author_and_judge(writes, judges):
    """Return an answer that takes either part, by what a request asks."""

    def answer(body):
        asks_author = "[[ ## " in body["messages"][0]["content"]
        return writes(body) if asks_author else judges(body)

    return answer
