from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.urls import path


def ok(request):
    return HttpResponse("ok")


def user(request, number):
    return JsonResponse({"user": number})


def refused(request):
    raise PermissionDenied


def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [
    path("ok", ok),
    path("users/<int:number>", user),
    path("refused", refused),
    path("broken", broken),
]
