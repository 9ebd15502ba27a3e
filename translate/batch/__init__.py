"""Files of millions of records: one record in, one record out, in order, and a kill at any moment loses nothing.

The way: records are read in parts, a part is translated as one (by threads here, by actors on Ray), its outcome is
appended to a journal beside OUT, and when the last part is there OUT is assembled from IN and the journal, whole
or not at all. What a part holds depends on IN alone, and what its outcome is on the part alone: so an interrupted run, an
uninterrupted one and one on Ray give the same bytes.
"""
