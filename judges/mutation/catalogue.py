"""Every operator, in the order of reports."""

from benchwright.judges.mutation.base import Operator
from benchwright.judges.mutation.controls import CONTROLS
from benchwright.judges.mutation.inputs import INPUT_OPERATORS
from benchwright.judges.mutation.references import REFERENCE_OPERATORS
from benchwright.judges.mutation.rubrics import RUBRIC_OPERATORS

DEFECTS: tuple[Operator, ...] = (*INPUT_OPERATORS, *REFERENCE_OPERATORS, *RUBRIC_OPERATORS)
OPERATORS: tuple[Operator, ...] = (*DEFECTS, *CONTROLS)
