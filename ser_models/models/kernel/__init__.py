"""Linear and kernel classifiers in closed form, and Fisher vectors of frames.

scaled columns → kernel or feature map → regularised solution per penalty → held-out speakers choose the
penalty
"""
