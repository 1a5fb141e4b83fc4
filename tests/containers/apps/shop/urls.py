from django.http import HttpResponse, JsonResponse
from django.urls import path


def ready(_request):
    return HttpResponse("ready")


def item(_request, item):
    return JsonResponse({"item": item})


def broken(_request):
    return HttpResponse("broken", status=500)


urlpatterns = [path("ready", ready), path("items/<int:item>", item), path("broken", broken)]
