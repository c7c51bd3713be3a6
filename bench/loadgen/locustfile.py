"""A user who asks, checks and asks again, with Locust's faster client."""
from locust import FastHttpUser, constant, task


class Visitor(FastHttpUser):
    wait_time = constant(0)

    @task
    def ask(self):
        with self.client.get("/", catch_response=True) as answer:
            if answer.status_code != 200 or "hello" not in answer.text:
                answer.failure("wrong answer")
