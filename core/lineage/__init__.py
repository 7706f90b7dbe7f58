"""Whose model is it, and may this judge grade that author's work?"""
