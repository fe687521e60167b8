"""Areas of the partnership and the postcodes in them."""

from __future__ import annotations

from django.db import models


class Area(models.Model):
    """A part of the partnership's place, by its own code."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=120)


class Postcode(models.Model):
    """A postcode in standard form (FX1 1AA), its area and, if it is known, its position."""

    postcode = models.CharField(max_length=8, primary_key=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
