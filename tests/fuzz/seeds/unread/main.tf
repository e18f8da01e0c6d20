resource "vm" "x" {
  name = "web"
  memory = 512
  vcpus = 2
}
